// The screen as it is now: wide or narrow, dark or light, how far the sheet is up, and what the map is asked to frame.
import type { Box } from '../domain/geo/plane.ts';

export type Sheet = 'peek' | 'half' | 'full';

class Media {
  matches = $state(false);

  constructor(query: string) {
    const list = matchMedia(query);
    this.matches = list.matches;
    $effect(() => {
      const change = () => (this.matches = list.matches);
      list.addEventListener('change', change);
      return () => list.removeEventListener('change', change);
    });
  }
}

export class ScreenState {
  readonly #narrow = new Media('(max-width: 767px)');
  readonly #slim = new Media('(max-width: 1199px)');
  readonly #short = new Media('(max-height: 560px)');
  readonly #dark = new Media('(prefers-color-scheme: dark)');
  readonly #still = new Media('(prefers-reduced-motion: reduce)');
  readonly narrow: boolean = $derived(this.#narrow.matches);
  /** Wide, but without room for words beside the icons of the tools. */
  readonly slim: boolean = $derived(this.#slim.matches && !this.#narrow.matches);
  /** Too low for more than one thing at a time, like a phone held sideways. */
  readonly short: boolean = $derived(this.#short.matches);
  readonly dark: boolean = $derived(this.#dark.matches);
  readonly still: boolean = $derived(this.#still.matches);
  /** Where the phone's bottom sheet stands. */
  sheet = $state<Sheet>('peek');
  /** Whether the phone's sheet shows the legend instead of its tab. */
  legend = $state(false);
  /** A box that the map is asked to show; a new object is a new request. */
  framing = $state.raw<{ box: Box } | null>(null);

  /** Asks the map to fetch the plan's tiles again; a new object is a new request. */
  refreshing = $state.raw<object | null>(null);

  /** A row of the plan tree to open and bring into sight; a new object is a new request. */
  revealing = $state.raw<{ id: string } | null>(null);

  reveal(id: string): void {
    this.revealing = { id };
    if (this.narrow) this.sheet = 'full';
  }

  frame(box: readonly number[] | null | undefined): void {
    if (box?.length === 4) this.framing = { box: [box[0]!, box[1]!, box[2]!, box[3]!] };
  }
}
