// What people type for a number, also with an input method on: full-width digits, Chinese stops and separators.

/** The number, or NaN when the text is none. */
export function readNumber(text: string): number {
  const plain = text
    .normalize('NFKC')
    .replaceAll('。', '.')
    .replaceAll(/[,、\s]/g, '')
    .replace(/%$/, '');
  return plain === '' ? NaN : Number(plain);
}
