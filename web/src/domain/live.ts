// Bursts of changes gathered into one: many small edits in a second are one refresh and one sentence.

export interface LiveChange {
  seq: number;
  actor: string | null;
  projects: string[];
  /** The types of the records touched: `project`, `feature`, `target`… */
  types: string[];
}

/** Stands for a record that the listener may not see: something changed, and what vanished from view must go. */
export const UNSEEN = 'unseen';

/** What has happened since the last refresh. */
export interface Batch {
  seq: number;
  actors: string[];
  projects: string[];
  types: string[];
}

/** A burst ends after this much quiet… */
export const QUIET_MS = 250;
/** …or when it has lasted this long. */
export const LONGEST_MS = 1500;

export function merged(batch: Batch | null, change: LiveChange): Batch {
  const joined = (list: readonly string[], more: readonly string[]) => [...new Set([...list, ...more])];
  return {
    seq: Math.max(batch?.seq ?? 0, change.seq),
    actors: joined(batch?.actors ?? [], change.actor ? [change.actor] : []),
    projects: joined(batch?.projects ?? [], change.projects),
    types: joined(batch?.types ?? [], change.types),
  };
}

/** How long to wait before a burst is told, when it began and was last added to at these moments. */
export function waitFor(began: number, now: number): number {
  return Math.max(0, Math.min(QUIET_MS, began + LONGEST_MS - now));
}

/** The timers a burst needs, so that tests can turn the clock. */
export interface Clock {
  now(): number;
  after(ms: number, run: () => void): () => void;
}

export const CLOCK: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Gathers changes and tells them once the burst is over. */
export class Burst {
  #batch: Batch | null = null;
  #began = 0;
  #cancel: () => void = () => undefined;
  readonly #tell: (batch: Batch) => void;
  readonly #clock: Clock;

  constructor(tell: (batch: Batch) => void, clock: Clock = CLOCK) {
    this.#tell = tell;
    this.#clock = clock;
  }

  add(change: LiveChange): void {
    const now = this.#clock.now();
    if (!this.#batch) this.#began = now;
    this.#batch = merged(this.#batch, change);
    this.#cancel();
    this.#cancel = this.#clock.after(waitFor(this.#began, now), () => this.#flush());
  }

  /** Forgets what was gathered: everything is read anew anyway. */
  drop(): void {
    this.#cancel();
    this.#batch = null;
  }

  #flush(): void {
    const batch = this.#batch;
    this.#batch = null;
    if (batch) this.#tell(batch);
  }
}
