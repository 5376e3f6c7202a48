// Where the phone's top points, where the device has a compass and lets us read it.
import { headingOf, type Turn } from '../../domain/field/compass.ts';

interface Asking {
  requestPermission?: () => Promise<'granted' | 'denied'>;
}

/** Fewer degrees than this do not turn the arrows: a needle that trembles is hard to read. */
const STEP_DEG = 3;

export class CompassState {
  heading = $state<number | null>(null);
  /** Whether the device only tells when it was asked by a tap. */
  mayAsk = $state(false);

  constructor() {
    if (typeof DeviceOrientationEvent === 'undefined') return;
    this.mayAsk = typeof (DeviceOrientationEvent as Asking).requestPermission === 'function';
    if (this.mayAsk) return;
    $effect(() => this.#listen());
  }

  /** Must be called in answer to a tap. */
  async ask(): Promise<void> {
    const answer = await (DeviceOrientationEvent as Asking).requestPermission?.().catch(() => 'denied');
    this.mayAsk = false;
    if (answer === 'granted') this.#listen();
  }

  #listen(): () => void {
    const turned = (event: Event): void => {
      const heading = headingOf(event as unknown as Turn, screen.orientation?.angle ?? 0);
      if (heading === null) return;
      const off = Math.abs(((heading - (this.heading ?? 999) + 540) % 360) - 180);
      if (this.heading === null || off >= STEP_DEG) this.heading = heading;
    };
    const names = ['deviceorientationabsolute', 'deviceorientation'];
    for (const name of names) addEventListener(name, turned);
    return () => names.forEach((name) => removeEventListener(name, turned));
  }
}
