// Who is signed in and what they may. Work that meets "not signed in" waits for the sign-in and goes on; nothing is lost.
import { ApiError } from '../api/client.ts';
import { findSession, signIn, signOut } from '../api/accounts.ts';
import type { Session, User } from '../api/types.ts';
import type { Right } from '../domain/edit/vocab.ts';
import type { Reason } from '../domain/sign-in.ts';

export type SessionDialog = 'sign-in' | 'password';

export class SessionState {
  /** null until it is known, and with a server that has no accounts. */
  data = $state.raw<Session | null>(null);
  dialog = $state<SessionDialog | null>(null);
  /** Whether the sign-in was asked for by work that is waiting. */
  interrupted = $state(false);
  /** Why the sign-in at the identity provider came to nothing, until the dialogue is left. */
  refused = $state<Reason | null>(null);
  readonly user: User | null = $derived(this.data?.user ?? null);
  /** Called when somebody else is signed in than before: what may be read has changed. */
  onchanged: () => void = () => {};
  #waiting: ((signedIn: boolean) => void)[] = [];

  readonly #loaded: Promise<void>;

  constructor() {
    this.#loaded = this.load();
  }

  async load(): Promise<void> {
    try {
      this.data = await findSession();
    } catch {
      this.data = null;
    }
  }

  may(right: Right): boolean {
    return this.user?.rights.includes(right) ?? false;
  }

  /** Looks again at who is signed in, when the server may have ended that; says so, and offers to sign in. */
  async look(): Promise<void> {
    const found = await findSession().catch(() => null);
    // A server that does not answer has signed nobody out.
    if (!found) return;
    const isOther = found.user?.name !== this.user?.name;
    this.data = found;
    if (!isOther) return;
    if (!found.user) {
      this.interrupted = true;
      this.ask();
    }
    this.onchanged();
  }

  async signIn(name: string, password: string): Promise<void> {
    this.enter(await signIn(name, password));
  }

  /** Takes a session that a sign-in, a setup or an invitation gave. */
  enter(session: Session): void {
    this.data = session;
    this.#settle(true);
    this.onchanged();
  }

  async signOut(): Promise<void> {
    await signOut();
    await this.load();
    this.onchanged();
  }

  ask(): void {
    this.dialog = 'sign-in';
  }

  /** Says why nobody was signed in; whoever is signed in all the same, by the Back button, need not know. */
  async explain(reason: Reason): Promise<void> {
    await this.#loaded;
    if (!this.data || this.user) return;
    this.refused = reason;
    this.ask();
  }

  /** Puts the sign-in aside; what waited for it fails as it did. */
  dismiss(): void {
    this.#settle(false);
  }

  /** Does the work, and once more after a sign-in when it needs one. */
  async keeping<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      this.interrupted = true;
      this.ask();
      const signedIn = await new Promise<boolean>((done) => this.#waiting.push(done));
      if (!signedIn) throw error;
      return work();
    }
  }

  #settle(signedIn: boolean): void {
    this.dialog = null;
    this.interrupted = false;
    this.refused = null;
    const waiting = this.#waiting;
    this.#waiting = [];
    waiting.forEach((done) => done(signedIn));
  }
}
