// The id of a new record: what the server takes as one, and one made of the English name.

const SLUG = /^[a-z0-9][a-z0-9_-]{0,63}$/;
/** A long name makes a shorter id: it stands in links. */
const LONGEST = 40;

export function isSlug(id: string): boolean {
  return SLUG.test(id);
}

/**
 * "Zuili Road (east)" → `zuili-road-east`; with a number behind it when there is such a record already. A name without
 * Latin letters gives none: `otherwise` with a number stands for it.
 */
export function suggestedId(english: string, taken: ReadonlySet<string>, otherwise = ''): string {
  const plain = english
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f’']/g, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '');
  const base = (plain.length > LONGEST ? plain.slice(0, LONGEST + 1).replace(/-[^-]*$/, '') : plain)
    .slice(0, LONGEST)
    .replace(/-+$/, '');
  if (base) return taken.has(base) ? numbered(base, 2, taken) : base;
  return otherwise && numbered(otherwise, 1, taken);
}

function numbered(base: string, first: number, taken: ReadonlySet<string>): string {
  let n = first;
  while (taken.has(`${base}-${n}`)) n += 1;
  return `${base}-${n}`;
}
