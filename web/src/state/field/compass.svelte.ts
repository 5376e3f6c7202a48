// Where the phone's top points, where the device has a compass and lets us read it.
import { headingOf, type Turn } from '../../domain/field/compass.ts';

interface Asking {
  requestPermission?: () => Promise<'granted' | 'denied'>;
}

/** Fewer degrees than this do not turn the arrows: a needle that trembles is hard to read. */
const STEP_DEG = 3;
const SILENT_MS = 2_000;

/** A compass is held in the hand. */
const isTouched = () => matchMedia('(pointer: coarse)').matches;

export class CompassState {
  heading = $state<number | null>(null);
  /** Whether the device only tells when it was asked by a tap. */
  mayAsk = $state(false);

  constructor() {
    if (typeof DeviceOrientationEvent === 'undefined') return;
    $effect(() => {
      const off = this.#listen();
      // Some devices tell without being asked though they could be; only a silent one is asked.
      const isAsker = typeof (DeviceOrientationEvent as Asking).requestPermission === 'function';
      const timer = setTimeout(() => (this.mayAsk = isAsker && this.heading === null && isTouched()), SILENT_MS);
      return () => {
        clearTimeout(timer);
        off();
      };
    });
  }

  /** Must be called in answer to a tap. */
  async ask(): Promise<void> {
    await (DeviceOrientationEvent as Asking).requestPermission?.().catch(() => 'denied');
    this.mayAsk = false;
  }

  #listen(): () => void {
    const turned = (event: Event): void => {
      const heading = headingOf(event as unknown as Turn, screen.orientation?.angle ?? 0);
      if (heading === null) return;
      const off = Math.abs(((heading - (this.heading ?? 999) + 540) % 360) - 180);
      if (this.heading === null || off >= STEP_DEG) this.heading = heading;
      this.mayAsk = false;
    };
    const names = ['deviceorientationabsolute', 'deviceorientation'];
    for (const name of names) addEventListener(name, turned);
    return () => names.forEach((name) => removeEventListener(name, turned));
  }
}
