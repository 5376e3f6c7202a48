// Ids that a device makes: UUIDs of version 7, which sort by the time they were made at (RFC 9562).

const HEX = (byte: number) => byte.toString(16).padStart(2, '0');

/** `random`: sixteen random bytes; the first six are replaced by the time. */
export function uuidV7(now_ms: number, random: Uint8Array): string {
  const bytes = Uint8Array.from(random.subarray(0, 16));
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(now_ms / 2 ** (8 * (5 - i))) % 256;
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = [...bytes].map(HEX).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** A new id, now. `crypto.randomUUID` is of version 4, and absent where a server speaks plain HTTP. */
export function newId(): string {
  return uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(16)));
}
