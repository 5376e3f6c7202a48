// Which page is open, in step with the address bar and the phone's Back.
import { hrefOf, readSpot, type Spot } from '../../domain/field/address.ts';

export class WhereState {
  spot = $state.raw<Spot>(readSpot(location.pathname));
  /** How many pages of ours lie behind this one. */
  #depth = (history.state as { depth?: number } | null)?.depth ?? 0;

  constructor() {
    $effect(() => {
      const back = () => {
        this.#depth = (history.state as { depth?: number } | null)?.depth ?? 0;
        this.spot = readSpot(location.pathname);
      };
      addEventListener('popstate', back);
      return () => removeEventListener('popstate', back);
    });
  }

  go(spot: Spot): void {
    if (hrefOf(spot) === location.pathname) return;
    this.#depth += 1;
    history.pushState({ depth: this.#depth }, '', hrefOf(spot));
    this.spot = spot;
  }

  /** Leaves a page for the one before it, or for the list when the app began here. */
  leave(): void {
    if (this.#depth > 0) return history.back();
    history.replaceState({ depth: 0 }, '', hrefOf({ page: 'near' }));
    this.spot = { page: 'near' };
  }
}
