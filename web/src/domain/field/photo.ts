// What a photo is, by its first bytes: names and types of files are not to be believed.

const STARTS: readonly [type: string, bytes: readonly number[], at: number][] = [
  ['image/jpeg', [0xff, 0xd8, 0xff], 0],
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], 0],
  ['image/webp', [0x57, 0x45, 0x42, 0x50], 8],
];
/** As many bytes as tell. */
export const HEAD_BYTES = 12;

/** The type of a photo that the server takes, or null. */
export function photoType(head: Uint8Array): string | null {
  return STARTS.find(([, bytes, at]) => bytes.every((byte, i) => head[at + i] === byte))?.[0] ?? null;
}
