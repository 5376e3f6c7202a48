// How full the device is, before that hurts.

export interface Room {
  used: number;
  quota: number;
}

const MB = 1024 * 1024;
/** About ten photos of a report, twice. */
const LITTLE_FREE = 100 * MB;
const MUCH_USED = 0.8;

export function isTight({ used, quota }: Room): boolean {
  return quota > 0 && (quota - used < LITTLE_FREE || used / quota > MUCH_USED);
}

/** `3.4 MB`, `120 MB`, `1.2 GB`. */
export function bytesText(bytes: number): string {
  const mb = bytes / MB;
  if (mb < 0.95) return `${Math.max(1, Math.round(bytes / 1024))} KB`;
  if (mb < 10) return `${mb.toFixed(1)} MB`;
  return mb < 1000 ? `${Math.round(mb)} MB` : `${(mb / 1024).toFixed(1)} GB`;
}
