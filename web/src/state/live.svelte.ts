// What others change right now: listens to the server, gathers bursts, marks what is fresh, and knows when it hears nothing.
import { untrack } from 'svelte';
import { openEvents } from '../api/time-client.ts';
import { Burst, QuarterBell, UNSEEN, type Batch } from '../domain/live.ts';

/** How long a changed project stays marked. */
const FRESH_MS = 4000;
const BEAT_MS = 500;
/** A shorter loss is a hiccup that nobody needs to hear of. */
const HICCUP_MS = 1500;
/** After a longer loss everything is read anew, whatever the server can still tell. */
const LONG_LOSS_MS = 10 * 60_000;
/** A page that nobody looks at hears nothing after this; browsers allow few open connections to one server. */
const HIDDEN_MS = 30_000;
/** Waits between our own attempts, when the browser makes none. */
const RETRY_MS = [3000, 5000, 10_000, 30_000, 60_000];

export interface Listener {
  /** Whether to listen at all: not while looking at the past. */
  wanted(): boolean;
  /** The newest change in what is shown. */
  since(): number | null;
  today(): string | null;
  refresh(batch: Batch): void;
  /** The stream ended, which may be for who listens. */
  doubt(): void;
  reload(): void;
  /** The server's day is another than the one that lights were read for. */
  newDay(day: string): void;
  back(): void;
}

export class LiveState {
  /** `off`: not listening, or not yet. */
  status = $state<'off' | 'on' | 'lost'>('off');
  /** Since when nothing has been heard. */
  lostSince = $state<number | null>(null);
  /** The server has no database at the moment: it shows what it has in memory, and changes must wait. */
  stale = $state(false);
  /** The projects that just changed. */
  fresh = $state.raw<ReadonlySet<string>>(new Set());
  /** Swings while something is fresh, for the pulse on the map. */
  beat = $state(false);
  /** The last refresh; a new object is a new one. */
  heard = $state.raw<Batch | null>(null);

  #seq: number | null = null;
  #stop: () => void = () => undefined;
  #attempts = 0;
  #asleep = false;
  #hiding: ReturnType<typeof setTimeout> | undefined;
  #hiccup: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  #fading: ReturnType<typeof setTimeout> | undefined;
  #beating: ReturnType<typeof setInterval> | undefined;
  readonly #listener: Listener;
  readonly #burst: Burst;
  /** Listens anew each time: the server tells its day at the beginning, and nothing is missed. */
  readonly #bell = new QuarterBell(() => this.#connect());

  constructor(listener: Listener) {
    this.#listener = listener;
    this.#burst = new Burst((batch) => {
      this.heard = batch;
      listener.refresh(batch);
      this.#mark(batch.projects);
    });
    const wanted = $derived(listener.wanted());
    $effect(() => {
      if (!wanted) return;
      return untrack(() => {
        this.#seq = null;
        this.#connect();
        const online = () => this.#reconnect();
        const offline = () => this.#lost(true);
        const seen = () => this.#see(document.visibilityState === 'visible');
        addEventListener('online', online);
        addEventListener('offline', offline);
        document.addEventListener('visibilitychange', seen);
        return () => {
          removeEventListener('online', online);
          removeEventListener('offline', offline);
          document.removeEventListener('visibilitychange', seen);
          this.#leave();
        };
      });
    });
  }

  #connect(): void {
    this.#stop();
    const since = this.#seq ?? this.#listener.since();
    this.#stop = openEvents(since, {
      open: () => this.#open(),
      hello: ({ seq, today, stale }) => {
        this.stale = stale;
        // With a `since`, what was missed follows; without one, this is where we begin.
        if (this.#seq === null && since === null) this.#seq = seq;
        const known = this.#listener.today();
        // Lights are read for a day: a new day is news by itself.
        if (known !== null && today !== known) {
          this.#burst.drop();
          this.#listener.newDay(today);
        }
      },
      change: ({ seq, actor, projects, records }) => {
        this.#seq = Math.max(this.#seq ?? 0, seq);
        const types = records.length ? records.map((r) => r.type) : [UNSEEN];
        this.#burst.add({ seq, actor, projects, types });
      },
      reset: () => {
        this.#seq = null;
        this.#reload();
      },
      store: ({ stale }) => (this.stale = stale),
      lost: (final) => this.#lost(final),
    });
    this.#bell.set();
  }

  /** Listens anew, when somebody else is signed in than before: the stream tells each what they may see. */
  again(): void {
    if (this.status !== 'off') this.#reconnect();
  }

  /** Stops listening when the page has been out of sight for a while, and catches up when it is seen again. */
  #see(visible: boolean): void {
    clearTimeout(this.#hiding);
    if (!visible) {
      this.#hiding = setTimeout(() => {
        this.#stop();
        clearTimeout(this.#again);
        this.#bell.stop();
        this.#asleep = true;
      }, HIDDEN_MS);
    } else if (this.#asleep) this.#reconnect();
  }

  #reconnect(): void {
    this.#asleep = false;
    clearTimeout(this.#again);
    this.#connect();
  }

  #open(): void {
    this.#calm();
    const since = this.lostSince;
    const told = this.status === 'lost';
    this.#attempts = 0;
    this.lostSince = null;
    this.status = 'on';
    if (since !== null) this.#listener.doubt();
    if (since !== null && Date.now() - since > LONG_LOSS_MS) this.#reload();
    if (told) this.#listener.back();
  }

  #lost(final: boolean): void {
    this.lostSince ??= Date.now();
    // What never was there is not missed at the first failure.
    if (this.status === 'on' || this.#attempts > 0) {
      this.#hiccup ??= setTimeout(() => (this.status = 'lost'), HICCUP_MS);
    }
    if (!final) return;
    this.#listener.doubt();
    clearTimeout(this.#again);
    const wait = RETRY_MS[Math.min(this.#attempts, RETRY_MS.length - 1)];
    this.#attempts += 1;
    this.#again = setTimeout(() => this.#connect(), wait);
  }

  #calm(): void {
    clearTimeout(this.#hiccup);
    this.#hiccup = undefined;
  }

  #reload(): void {
    this.#burst.drop();
    this.#listener.reload();
  }

  #leave(): void {
    this.#stop();
    this.#burst.drop();
    this.#calm();
    this.#asleep = false;
    clearTimeout(this.#hiding);
    clearTimeout(this.#again);
    this.#bell.stop();
    clearTimeout(this.#fading);
    clearInterval(this.#beating);
    this.status = 'off';
    this.lostSince = null;
    this.stale = false;
    this.#attempts = 0;
    this.fresh = new Set();
    this.beat = false;
  }

  #mark(projects: readonly string[]): void {
    if (!projects.length) return;
    this.fresh = new Set([...this.fresh, ...projects]);
    clearTimeout(this.#fading);
    clearInterval(this.#beating);
    this.beat = true;
    this.#beating = setInterval(() => (this.beat = !this.beat), BEAT_MS);
    this.#fading = setTimeout(() => {
      clearInterval(this.#beating);
      this.fresh = new Set();
      this.beat = false;
    }, FRESH_MS);
  }
}
