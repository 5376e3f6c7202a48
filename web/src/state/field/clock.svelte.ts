// The time as it passes, for what says how old something is. It rests while nobody looks.

const STEP_MS = 5_000;

export class ClockState {
  now = $state(Date.now());

  constructor() {
    $effect(() => {
      const step = () => {
        if (document.visibilityState === 'visible') this.now = Date.now();
      };
      const timer = setInterval(step, STEP_MS);
      document.addEventListener('visibilitychange', step);
      return () => {
        clearInterval(timer);
        document.removeEventListener('visibilitychange', step);
      };
    });
  }
}
