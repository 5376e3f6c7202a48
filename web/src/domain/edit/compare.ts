// What differs between two states of a record, member by member, and how two people's changes come together.

export type Body = Record<string, unknown>;

export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => same((a as Body)[key], (b as Body)[key]));
}

/** The members whose values differ; an absent member counts as null. */
export function changedFields(before: Body, after: Body): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].filter((key) => !same(before[key] ?? null, after[key] ?? null));
}

/** A merge patch that turns one body into the other; nothing when they agree. */
export function patchOf(before: Body, after: Body): Body | null {
  const fields = changedFields(before, after);
  return fields.length ? Object.fromEntries(fields.map((f) => [f, replaced(before[f], after[f])])) : null;
}

/** A merge patch keeps the members of an object that it does not name, so those that went must be named as null. */
function replaced(before: unknown, after: unknown): unknown {
  if (!plain(before) || !plain(after)) return after ?? null;
  const gone = Object.keys(before).filter((key) => !(key in after));
  return { ...after, ...Object.fromEntries(gone.map((key) => [key, null])) };
}

function plain(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export interface Difference {
  field: string;
  mine: unknown;
  theirs: unknown;
  /** Both changed it, each in another way: somebody must choose. */
  clash: boolean;
  /** What is kept unless somebody chooses otherwise: whoever changed it, and in a clash mine. */
  keep: Keep;
}
export type Keep = 'mine' | 'theirs';

/** What I and somebody else made of the same base, member by member, where the two are not alike. */
export function differences(base: Body, mine: Body, theirs: Body): Difference[] {
  return changedFields(mine, theirs).map((field) => {
    const iChanged = !same(base[field] ?? null, mine[field] ?? null);
    const theyChanged = !same(base[field] ?? null, theirs[field] ?? null);
    return {
      field,
      mine: mine[field] ?? null,
      theirs: theirs[field] ?? null,
      clash: iChanged && theyChanged,
      keep: iChanged ? 'mine' : 'theirs',
    };
  });
}

/** Theirs, with the members that are kept from mine. */
export function merged(theirs: Body, mine: Body, keep: ReadonlyMap<string, Keep>): Body {
  const taken = [...keep].filter(([, who]) => who === 'mine').map(([field]) => [field, mine[field] ?? null]);
  return { ...theirs, ...Object.fromEntries(taken) };
}
