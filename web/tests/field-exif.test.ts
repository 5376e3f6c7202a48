// The time and the place that a camera writes into a photo are read from its own bytes.
import { expect, test } from 'vitest';
import { readTaken } from '../src/state/field/exif.ts';

interface Entry { tag: number; type: number; count: number; value: number[] } // prettier-ignore

const [ASCII, LONG, RATIONAL] = [2, 4, 5];
const text = (tag: number, said: string): Entry => ({
  tag,
  type: ASCII,
  count: said.length + 1,
  value: [...said, '\0'].map((letter) => letter.charCodeAt(0)),
});
const big = (n: number, bytes: number) => Array.from({ length: bytes }, (_, i) => (n >>> (8 * (bytes - 1 - i))) & 255);
const degrees = (tag: number, parts: [number, number][]): Entry => ({
  tag,
  type: RATIONAL,
  count: parts.length,
  value: parts.flatMap(([n, of]) => [...big(n, 4), ...big(of, 4)]),
});
const pointer = (tag: number, at: number): Entry => ({ tag, type: LONG, count: 1, value: big(at, 4) });

/** A directory at an offset, with the values that do not fit into it after it. */
function directory(entries: Entry[], at: number): number[] {
  const head: number[] = [...big(entries.length, 2)];
  const rest: number[] = [];
  const after = at + 2 + entries.length * 12 + 4;
  for (const { tag, type, count, value } of entries) {
    head.push(...big(tag, 2), ...big(type, 2), ...big(count, 4));
    if (value.length <= 4) head.push(...value, ...Array<number>(4 - value.length).fill(0));
    else {
      head.push(...big(after + rest.length, 4));
      rest.push(...value);
    }
  }
  return [...head, 0, 0, 0, 0, ...rest];
}

function photo(exif: Entry[], gps: Entry[]): ArrayBuffer {
  const first = 8;
  const exifAt = first + 2 + 2 * 12 + 4;
  const exifPart = directory(exif, exifAt);
  const gpsAt = exifAt + exifPart.length;
  const root = directory([pointer(0x8769, exifAt), pointer(0x8825, gpsAt)], first);
  const tiff = [0x4d, 0x4d, 0, 42, ...big(first, 4), ...root, ...exifPart, ...directory(gps, gpsAt)];
  const body = [...'Exif\0\0'].map((letter) => letter.charCodeAt(0)).concat(tiff);
  return Uint8Array.from([0xff, 0xd8, 0xff, 0xe1, ...big(body.length + 2, 2), ...body, 0xff, 0xd9]).buffer;
}

test('time, offset and place are read', async () => {
  const taken = await readTaken(
    photo(
      [text(0x9003, '2026:11:24 09:05:00'), text(0x9011, '+08:00')],
      [
        text(1, 'N'),
        degrees(2, [[30, 1], [44, 1], [2580, 100]]), // prettier-ignore
        text(3, 'E'),
        degrees(4, [[120, 1], [44, 1], [3840, 100]]), // prettier-ignore
      ],
    ),
  );
  expect(taken.taken_at).toBe(Date.parse('2026-11-24T01:05:00Z'));
  expect(taken.position![0]).toBeCloseTo(120.744, 4);
  expect(taken.position![1]).toBeCloseTo(30.7405, 4);
});

test.each([
  ['a photo that says nothing', [0xff, 0xd8, 0xff, 0xdb, 0, 4, 0, 0, 0xff, 0xd9]],
  ['a photo that is cut', [0xff, 0xd8, 0xff, 0xe1, 0xff]],
  ['what is no photo', [1, 2, 3]],
  ['nothing', []],
])('%s is no trouble', async (_, bytes) => {
  expect(await readTaken(Uint8Array.from(bytes).buffer)).toEqual({ taken_at: null, position: null });
});
