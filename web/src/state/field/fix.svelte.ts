// Where the phone is: the device's own fixes as they come, or a point that was chosen because there are none.
import { STANDS_MS, placeOf, readFix, takeFix, type Fix } from '../../domain/field/fix.ts';
import type { Position2 } from '../../domain/ring.ts';
import type { FieldStore } from './store.ts';

export type Trouble = 'denied' | 'unavailable' | null;

/** A fix that is older says too little about where a report is made. */
const USABLE_MS = 5 * 60_000;
const DENIED = 1;

export class FixState {
  device = $state.raw<Fix | null>(null);
  chosen = $state.raw<Fix | null>(null);
  trouble = $state<Trouble>(null);
  /** What the list goes by. */
  readonly current: Fix | null = $derived(this.chosen ?? this.device);
  readonly at: Position2 | null = $derived(this.current && placeOf(this.current));
  readonly #store: FieldStore;
  #watch: number | null = null;
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor(store: FieldStore, chosen: Fix | null) {
    this.#store = store;
    this.chosen = chosen;
    $effect(() => {
      this.listen();
      return () => this.#stop();
    });
  }

  /** Begins to listen to the device; the browser asks for permission when it must. */
  listen(): void {
    this.#stop();
    if (!('geolocation' in navigator)) {
      this.trouble = 'unavailable';
      return;
    }
    this.#watch = navigator.geolocation.watchPosition(
      ({ coords, timestamp }) => {
        const fix = readFix(coords, timestamp);
        if (!fix) return;
        this.trouble = null;
        this.#take(fix);
      },
      ({ code }) => (this.trouble = code === DENIED ? 'denied' : 'unavailable'),
      { enableHighAccuracy: true, maximumAge: 5_000, timeout: 30_000 },
    );
  }

  choose([lon, lat]: Position2): void {
    this.chosen = { lon, lat, accuracy_m: null, source: 'chosen', at: Date.now() };
    void this.#store.set('point', this.chosen);
  }

  /** Back to the device. */
  release(): void {
    this.chosen = null;
    void this.#store.set('point', null);
    this.listen();
  }

  /** The position that a report made now bears: the device's, else the chosen point. */
  forReport(now: number): Fix | null {
    const { device } = this;
    return device && now - device.at <= USABLE_MS ? device : this.chosen;
  }

  /** A worse fix waits until the better one has stood long enough; a device at rest may tell no other. */
  #take(fix: Fix): void {
    clearTimeout(this.#later);
    this.device = takeFix(this.device, fix);
    if (this.device !== fix) this.#later = setTimeout(() => (this.device = fix), STANDS_MS);
  }

  #stop(): void {
    clearTimeout(this.#later);
    if (this.#watch !== null) navigator.geolocation.clearWatch(this.#watch);
    this.#watch = null;
  }
}
