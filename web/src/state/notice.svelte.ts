// A short word at the bottom of the screen that goes by itself: "Link copied".

const SHOWN_MS = 3000;
/** What can be acted on stays long enough to be read and reached. */
const OFFERED_MS = 12_000;

export interface Offer {
  text: string;
  take: () => void;
}

export class NoticeState {
  text = $state('');
  /** What can be done about it, for as long as it shows. */
  offer = $state.raw<Offer | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  show(text: string, offer: Offer | null = null): void {
    this.text = text;
    this.offer = offer;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.hide(), offer ? OFFERED_MS : SHOWN_MS);
  }

  hide(): void {
    this.text = '';
    this.offer = null;
  }
}
