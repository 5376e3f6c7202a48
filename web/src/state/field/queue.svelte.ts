// The queue as it is seen, and when it is sent: at once, when the line comes back, and again after ever longer waits.
// One tab sends; the others hear of it.
import { createInspection, findInspection } from '../../api/field.ts';
import { waitMs } from '../../domain/field/answer.ts';
import type { KeptReport } from '../../domain/field/report.ts';
import { Sender, type Line, type Outcome, type Progress } from './sender.ts';
import type { FieldSession } from './session.svelte.ts';
import type { FieldStore } from './store.ts';

const LOCK = 'guatu-field-queue';
const CHANNEL = 'guatu-field';
/** Where another tab may have gone away while it was sending. */
const LOOK_MS = 30_000;

type Heard = { is: 'changed' } | { is: 'progress'; at: Progress | null };

export class QueueState {
  reports = $state.raw<KeptReport[]>([]);
  progress = $state.raw<Progress | null>(null);
  /** Why nothing is being sent; null while it is, or before the first try. */
  rest = $state.raw<Outcome | null>(null);
  readonly unsent: KeptReport[] = $derived(this.reports.filter((r) => r.state !== 'sent'));
  readonly waiting: KeptReport[] = $derived(this.reports.filter((r) => r.state === 'waiting'));
  readonly refused: KeptReport[] = $derived(this.reports.filter((r) => r.state === 'refused'));
  /** Called after reports reached the server. */
  onsent: () => void = () => {};
  readonly #store: FieldStore;
  readonly #session: FieldSession;
  readonly #sender: Sender;
  readonly #channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(CHANNEL) : null;
  #running = false;
  #again = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(store: FieldStore, session: FieldSession, reports: KeptReport[]) {
    this.#store = store;
    this.#session = session;
    this.reports = reports;
    this.#sender = new Sender(store, this.#line(), {
      progress: (at) => this.#hear({ is: 'progress', at }, true),
      changed: () => this.#hear({ is: 'changed' }, true),
    });
    $effect(() => this.#listen());
  }

  /** What was put into the store shows, and is sent. */
  async added(): Promise<void> {
    this.#hear({ is: 'changed' }, true);
    await this.#read();
    void this.send();
  }

  /** Sends now, whatever wait was on. */
  async send(): Promise<void> {
    this.#failures = 0;
    await this.#run();
  }

  async drop(report: KeptReport): Promise<void> {
    await this.#store.drop(report);
    this.#hear({ is: 'changed' }, true);
  }

  async #run(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    try {
      await this.#read();
      if (this.waiting.length === 0) return;
      const before = this.waiting.length;
      const outcome = await this.#alone(() => this.#sender.run()).catch((): Outcome => ({
        is: 'later',
        retry_s: null,
      }));
      await this.#read();
      if (outcome) this.#rest(outcome, this.waiting.length < before);
      else this.#wait(LOOK_MS);
    } finally {
      this.#running = false;
    }
    if (this.#again) {
      this.#again = false;
      await this.#run();
    }
  }

  #rest(outcome: Outcome, moved: boolean): void {
    this.rest = outcome;
    if (moved) {
      this.#failures = 0;
      this.onsent();
    }
    if (outcome.is === 'sign_in') this.#session.ended();
    if (outcome.is !== 'later') return;
    this.#failures += 1;
    this.#wait(waitMs(this.#failures, outcome.retry_s, Math.random()));
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#run(), ms);
  }

  /** Runs the work unless another tab is at it; then answers with nothing. */
  async #alone(work: () => Promise<Outcome>): Promise<Outcome | null> {
    if (!('locks' in navigator)) return work();
    return navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? work() : null));
  }

  #line(): Line {
    return {
      user: () => this.#session.look(),
      // The library that resumes uploads comes when the first photo leaves.
      upload: async (photo, how) => (await import('../../api/field-upload.ts')).uploadPhoto(photo, how),
      report: createInspection,
      find: findInspection,
    };
  }

  #listen(): () => void {
    const visible = () => document.visibilityState === 'visible' && void this.send();
    const online = () => void this.send();
    addEventListener('online', online);
    document.addEventListener('visibilitychange', visible);
    if (this.#channel) this.#channel.onmessage = ({ data }: MessageEvent<Heard>) => this.#hear(data, false);
    void this.send();
    return () => {
      removeEventListener('online', online);
      document.removeEventListener('visibilitychange', visible);
      clearTimeout(this.#timer);
      this.#channel?.close();
    };
  }

  #hear(heard: Heard, tell: boolean): void {
    if (tell) this.#channel?.postMessage(heard);
    if (heard.is === 'progress') this.progress = heard.at;
    else void this.#read();
  }

  async #read(): Promise<void> {
    this.reports = await this.#store.reports();
  }
}
