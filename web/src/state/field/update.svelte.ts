// A newer version of the app puts itself in place when nothing is being written; the queue is none of its business.
import { Workbox } from 'workbox-window';

const LOOK_MS = 30 * 60_000;

export class UpdateState {
  /** A newer version is ready, and waits for the form to be done. */
  waiting = $state(false);
  /** Whether the app can be opened without a network now. */
  isReady = $state(false);
  #worker: Workbox | null = null;
  #isBusy = () => false;
  #reload = false;

  /** `isBusy`: whether something is being written that a reload would disturb. */
  start(isBusy: () => boolean): void {
    this.#isBusy = isBusy;
    // Only the built app has a worker; a browser may have none where the server speaks plain HTTP.
    if (import.meta.env.DEV || !('serviceWorker' in navigator)) return;
    const worker = (this.#worker = new Workbox('/field-sw.js', { scope: '/field' }));
    this.isReady = navigator.serviceWorker.controller !== null;
    const hadOne = this.isReady;
    worker.addEventListener('controlling', () => {
      this.isReady = true;
      // The first worker takes over a page that is as new as itself.
      if (hadOne) this.#renew();
    });
    worker.addEventListener('waiting', () => {
      this.waiting = true;
      this.settle();
    });
    // A part of the old version that is gone: the new one has it.
    addEventListener('vite:preloadError', () => this.#renew());
    void worker.register().catch(() => undefined);
    setInterval(() => void worker.update().catch(() => undefined), LOOK_MS);
  }

  /** Takes the newer version now, unless something is being written. */
  settle(): void {
    if (this.waiting && !this.#isBusy()) this.take();
    else if (this.#reload) this.#renew();
  }

  take(): void {
    this.#worker?.messageSkipWaiting();
  }

  #renew(): void {
    this.#reload = true;
    if (this.#isBusy()) {
      this.waiting = true;
      return;
    }
    location.reload();
  }
}
