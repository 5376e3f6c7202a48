// When to tell: many small changes in a second are one refresh and one sentence, and a new day is asked for when it may begin.

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

/** A new day begins on a quarter of an hour in every time zone; which zone the server is in is not ours to guess. */
export const QUARTER_MS = 15 * 60_000;
/** The bell rings past the quarter by this much, and up to this much more, so that not all who listen ask at once. */
export const PAST_MS = 5000;
export const SPREAD_MS = 20_000;

/** Rings once after the quarter of an hour that comes next. */
export class QuarterBell {
  #cancel: () => void = () => undefined;
  readonly #ring: () => void;
  readonly #clock: Clock;
  readonly #late_ms = PAST_MS + Math.random() * SPREAD_MS;

  constructor(ring: () => void, clock: Clock = CLOCK) {
    this.#ring = ring;
    this.#clock = clock;
  }

  set(): void {
    this.#cancel();
    this.#cancel = this.#clock.after(QUARTER_MS - (this.#clock.now() % QUARTER_MS) + this.#late_ms, this.#ring);
  }

  stop(): void {
    this.#cancel();
  }
}
