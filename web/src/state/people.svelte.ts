// What people are called, as far as the reader may know: administrators read the list of accounts, all others know themselves.
import { listAccounts } from '../api/accounts.ts';
import type { Account } from '../api/types.ts';
import { Resource } from './resource.svelte.ts';
import type { SessionState } from './session.svelte.ts';

export interface Person {
  name: string;
  display_name: string;
}

export class PeopleState {
  readonly #found = new Resource<Account[]>();
  readonly known: readonly Person[] = $derived.by(() => {
    const { user } = this.#session;
    return this.#found.data ?? (user ? [user] : []);
  });
  readonly #session: SessionState;

  constructor(session: SessionState) {
    this.#session = session;
    const readable = $derived(session.may('administer'));
    $effect(() => {
      if (readable) void this.#found.load(() => listAccounts());
      else this.#found.clear();
    });
  }

  /** What somebody is called; the name they sign in with where that is not known. */
  called(name: string): string {
    return this.known.find((person) => person.name === name)?.display_name ?? name;
  }

  /** The name that somebody signs in with, from that or from what they are called. */
  login(typed: string): string {
    return this.known.find((person) => person.display_name === typed)?.name ?? typed;
  }

  /** Reads the accounts again, after one was added or changed. */
  reload(): void {
    if (this.#found.data) this.#found.retry();
  }
}
