// A newer version of the app puts itself in place when nothing is being written; the queue is none of its business.
import { Workbox } from 'workbox-window';

const LOOK_MS = 30 * 60_000;
/** A part that is missing still after a reload is missing for another reason. */
const AGAIN_MS = 60_000;
const RENEWED = 'guatu-field-renewed';

function mayRenewAgain(): boolean {
  const last = Number(sessionStorage.getItem(RENEWED) ?? 0);
  sessionStorage.setItem(RENEWED, String(Date.now()));
  return Date.now() - last > AGAIN_MS;
}

export class UpdateState {
  /** A newer version is there, and waits for the form to be done. */
  waiting = $state(false);
  /** Whether the app can be opened without a network now. */
  isReady = $state(false);
  #isBusy = () => false;

  /** `isBusy`: whether something is being written that a reload would disturb. */
  start(isBusy: () => boolean): void {
    this.#isBusy = isBusy;
    // Only the built app has a worker; a browser may have none where the server speaks plain HTTP.
    if (import.meta.env.DEV || !('serviceWorker' in navigator)) return;
    const worker = new Workbox('/field-sw.js', { scope: '/field' });
    this.isReady = navigator.serviceWorker.controller !== null;
    worker.addEventListener('controlling', () => {
      // The first worker takes over a page that is as new as itself.
      if (this.isReady) this.#renew();
      this.isReady = true;
    });
    // A part of the old version that is gone: the new one has it.
    addEventListener('vite:preloadError', () => mayRenewAgain() && this.#renew());
    void worker.register().catch(() => undefined);
    const look = () => void worker.update().catch(() => undefined);
    setInterval(look, LOOK_MS);
    addEventListener('online', look);
  }

  /** Takes the newer version now, unless something is being written. */
  settle(): void {
    if (this.waiting && !this.#isBusy()) this.take();
  }

  /** Takes it now; a report that is being written is kept as a draft. */
  take(): void {
    location.reload();
  }

  #renew(): void {
    this.waiting = true;
    this.settle();
  }
}
