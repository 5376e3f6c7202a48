// Which changes were taken back: a later change names the one that it undoes, or the first of a batch for all of them.

export interface Undoable {
  seq: number;
  /** The first change of its batch. */
  batch: number;
  type: string;
  collection: string | null;
  id: string;
  undoes: number | null;
}

const keyOf = (seq: number | null, { type, collection, id }: Undoable) => `${seq} ${type} ${collection ?? ''} ${id}`;

/** What the changes took back, by record. */
export function undoneBy(changes: Iterable<Undoable>): ReadonlySet<string> {
  return new Set([...changes].filter((c) => c.undoes !== null).map((c) => keyOf(c.undoes, c)));
}

export function isUndone(change: Undoable, undone: ReadonlySet<string>): boolean {
  return undone.has(keyOf(change.seq, change)) || undone.has(keyOf(change.batch, change));
}
