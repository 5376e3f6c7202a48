// Whose phone this is. With a kept kit the app opens without asking; the server's word comes when there is a line to it.
import { signIn, signOut } from '../../api/accounts.ts';
import { findWho } from '../../api/field.ts';
import type { Session } from '../../api/types.ts';
import type { FieldStore, Kept } from './store.ts';

type Known = Kept['user'];

export class FieldSession {
  /** Who was signed in last on this device. */
  user = $state.raw<Known | null>(null);
  /** What the server says; null: not heard yet. */
  isSignedIn = $state<boolean | null>(null);
  /** What the server tells before anybody is signed in. */
  session = $state.raw<Session | null>(null);
  /** Whether the sign-in is open over the app. */
  asked = $state(false);
  readonly mayReport: boolean = $derived(this.user?.rights.includes('report') ?? false);
  /** Called when the server's word comes; `other`: another person than before. */
  onheard: (other: boolean) => void | Promise<void> = () => {};
  readonly #store: FieldStore;

  constructor(store: FieldStore, user: Known | null) {
    this.#store = store;
    this.user = user;
  }

  /** Asks the server who is signed in; without a line everything stays as it is. Answers with the name. */
  async look(): Promise<string | null> {
    const found = await findWho();
    await this.#hear(found);
    return found.user?.name ?? null;
  }

  async signIn(name: string, password: string): Promise<void> {
    await this.#hear(await signIn(name, password));
    this.asked = false;
  }

  /** What was kept for this person goes from the device; reports stay until they are sent. */
  async signOut(): Promise<void> {
    await signOut();
    this.user = null;
    this.isSignedIn = false;
    await this.#store.set('user', null);
    await this.onheard(true);
    await this.look().catch(() => null);
  }

  /** The server knows nobody any more. */
  ended(): void {
    this.isSignedIn = false;
  }

  async #hear(found: Session): Promise<void> {
    this.session = found;
    this.isSignedIn = found.user !== null;
    if (!found.user) return;
    const { name, display_name, rights } = found.user;
    const isOther = this.user !== null && this.user.name !== name;
    this.user = { name, display_name, rights: [...rights] };
    await this.#store.set('user', $state.snapshot(this.user));
    await this.onheard(isOther);
  }
}
