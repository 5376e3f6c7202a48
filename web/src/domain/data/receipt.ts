// The numbers of a receipt as people read them.

/** A degree of latitude in millimetres, for telling how little a part of one is. */
const MM_PER_DEGREE = 111_000_000;
const LEAST_MM = 0.1;

/** The largest error in millimetres: `0.4 mm`, `< 0.1 mm`. */
export function errorText({ value, unit }: { value: number; unit: 'metre' | 'degree' }): string {
  const mm = value * (unit === 'metre' ? 1000 : MM_PER_DEGREE);
  if (mm < LEAST_MM) return `< ${LEAST_MM} mm`;
  return `${mm < 10 ? mm.toFixed(1) : Math.round(mm)} mm`;
}

/** A digest in groups that eyes can compare. */
export function grouped(digest: string): string {
  return digest.replace(/(.{8})(?=.)/g, '$1 ');
}
