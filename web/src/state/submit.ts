// The key of a submit: the same content sent again, after a lost answer, lands once; another content is another submit.

function randomKey(): string {
  // An office server may speak plain HTTP, where randomUUID does not exist.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export class SubmitKey {
  #content = '';
  #key = '';

  for(content: unknown): string {
    const text = JSON.stringify(content);
    if (text !== this.#content || !this.#key) {
      this.#content = text;
      this.#key = randomKey();
    }
    return this.#key;
  }

  /** What landed is done: the same content later is a new wish. */
  done(): void {
    this.#key = '';
  }
}
