// A short word at the bottom of the screen that goes by itself: "Link copied".

const SHOWN_MS = 3000;

export class NoticeState {
  text = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;

  show(text: string): void {
    this.text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.text = ''), SHOWN_MS);
  }
}
