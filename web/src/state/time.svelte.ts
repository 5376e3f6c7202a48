// The day that is looked at: today or a day in the past, the timeline it is chosen from, and play.
import { untrack } from 'svelte';
import { findPlanMoment, findTimeline } from '../api/time-client.ts';
import type { PlanMoment, Timeline } from '../api/types.ts';
import { axisOf, type Axis, type Span } from '../domain/axis.ts';
import { nextOfPlay, startOfPlay, type Speed } from '../domain/timeline.ts';
import type { PlanState } from './plan.svelte.ts';
import { Resource } from './resource.svelte.ts';
import type { ScreenState } from './screen.svelte.ts';
import type { ViewState } from './view.svelte.ts';

const STEP_MS = 1000;
/** Play waits this long for the next day's tiles, then goes on without them. */
const PATIENCE_MS = 3000;

export class TimeState {
  /** Whether the reader asked for the timeline; a day in the past shows it as well. */
  asked = $state(false);
  playing = $state(false);
  speed = $state<Speed>(1);
  /** Fetches what the map will need for a day; set by the map. */
  preload: ((day: string, signal: AbortSignal) => Promise<void>) | null = null;

  readonly found = new Resource<Timeline>();
  readonly #moment = new Resource<PlanMoment | null>();
  readonly #view: ViewState;
  readonly #plan: PlanState;
  readonly #screen: ScreenState;

  readonly today: string | null = $derived.by(() => this.found.data?.today ?? this.#plan.settings?.today ?? null);
  readonly asOf: string | null = $derived.by(() => this.#view.asOf);
  readonly isPast: boolean = $derived(this.asOf !== null && (this.today === null || this.asOf < this.today));
  readonly isAhead: boolean = $derived(this.asOf !== null && this.today !== null && this.asOf > this.today);
  readonly comparing: boolean = $derived.by(() => this.#view.current.compare !== null);
  /** The day that is shown, also when it is today. */
  readonly day: string | null = $derived(this.asOf ?? this.today);
  readonly span: Span | null = $derived(this.found.data);
  readonly axis: Axis = $derived(this.found.data ? axisOf(this.found.data.days, this.found.data) : []);
  readonly tooEarly: boolean = $derived(this.asOf !== null && this.span !== null && this.asOf < this.span.first);
  readonly barShown: boolean = $derived(!this.comparing && (this.asked || this.asOf !== null));
  /** Whether the plan's progress and changes are made up. */
  readonly simulated: boolean = $derived(this.#moment.data?.simulated ?? false);
  /** The newest change that was known when the plan was read. */
  readonly seq: number | null = $derived(this.#moment.data?.seq ?? null);

  constructor(view: ViewState, plan: PlanState, screen: ScreenState) {
    this.#view = view;
    this.#plan = plan;
    this.#screen = screen;
    $effect(() => void this.#moment.load(findPlanMoment));
    const wanted = $derived(this.asked || this.asOf !== null || this.comparing);
    $effect(() => {
      if (wanted && untrack(() => this.found.data === null)) void this.found.load(findTimeline);
    });
    $effect(() => {
      if (!this.playing) return;
      const { span, day } = this;
      const next = span && day ? nextOfPlay(day, span, this.axis) : null;
      if (!span || next === null) {
        this.playing = false;
        return;
      }
      // Who asked for less motion gets a step a second at most.
      const pause = this.#screen.still ? STEP_MS : STEP_MS / this.speed;
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(), PATIENCE_MS);
      const passed = new Promise((done) => setTimeout(done, pause));
      const ready = this.preload?.(next, abort.signal).catch(() => undefined);
      let stopped = false;
      void Promise.all([passed, ready]).then(() => {
        clearTimeout(timer);
        if (!stopped) this.move(next);
      });
      return () => {
        stopped = true;
        clearTimeout(timer);
        abort.abort();
      };
    });
  }

  /** Looks at a day in place, as the slider does; today is now. */
  move(day: string): void {
    this.#view.adjust({ as_of: this.span && day >= this.span.today ? null : day });
  }

  play(): void {
    const { span, day } = this;
    if (!span || !day || span.first >= span.today) return;
    const start = startOfPlay(day, span);
    this.playing = true;
    if (start !== day) this.move(start);
  }

  /** Puts the timeline away, and with it the past. */
  close(): void {
    this.playing = false;
    this.asked = false;
    if (this.#view.current.as_of !== null) this.#view.go({ as_of: null });
  }

  /** Reads again what tells about time, once something has changed. */
  reload(): void {
    if (this.found.data) this.found.retry();
    this.#moment.retry();
  }
}
