// A drawn ring as a short address-safe string: steps of 1e-5 degrees (about a metre), zigzag, five bits a letter.

export type Position2 = [number, number];

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const SCALE = 1e5;
/** A hand-drawn shape needs far fewer; more would be somebody else's data in our address bar. */
export const MAX_VERTICES = 200;

function encodeNumber(value: number): string {
  let rest = value < 0 ? -value * 2 - 1 : value * 2;
  let out = '';
  do {
    const digit = rest % 32;
    rest = Math.floor(rest / 32);
    out += ALPHABET[rest > 0 ? digit + 32 : digit];
  } while (rest > 0);
  return out;
}

/** Encodes an open ring (the first vertex is not repeated). */
export function encodeRing(ring: Position2[]): string {
  let [x, y] = [0, 0];
  let out = '';
  for (const [lon, lat] of ring) {
    const [nx, ny] = [Math.round(lon * SCALE), Math.round(lat * SCALE)];
    out += encodeNumber(nx - x) + encodeNumber(ny - y);
    [x, y] = [nx, ny];
  }
  return out;
}

/** Decodes a ring of at least three vertices on the globe, or nothing. */
export function decodeRing(text: string): Position2[] | null {
  const numbers: number[] = [];
  let [value, factor] = [0, 1];
  for (const letter of text) {
    const digit = ALPHABET.indexOf(letter);
    if (digit < 0 || factor > 2 ** 35) return null;
    value += (digit % 32) * factor;
    if (digit >= 32) {
      factor *= 32;
      continue;
    }
    numbers.push(value % 2 === 1 ? -(value + 1) / 2 : value / 2);
    [value, factor] = [0, 1];
  }
  if (factor !== 1 || numbers.length % 2 === 1 || numbers.length < 6) return null;
  if (numbers.length > MAX_VERTICES * 2) return null;
  const ring: Position2[] = [];
  let [x, y] = [0, 0];
  for (let i = 0; i < numbers.length; i += 2) {
    x += numbers[i]!;
    y += numbers[i + 1]!;
    if (Math.abs(x) > 180 * SCALE || Math.abs(y) > 90 * SCALE) return null;
    ring.push([x / SCALE, y / SCALE]);
  }
  return ring;
}
