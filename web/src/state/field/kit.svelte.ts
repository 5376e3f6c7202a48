// What the phone takes along: the plan's projects, the patches and the rule. The last one that came is kept.
import { ApiError } from '../../api/client.ts';
import { findKit } from '../../api/field.ts';
import type { FieldKit, FieldProject, Patch } from '../../api/field-types.ts';
import { addDays } from '../../domain/day.ts';
import { daysBetween } from '../../domain/format.ts';
import type { FieldStore, Kept } from './store.ts';

export class KitState {
  kit = $state.raw<FieldKit | null>(null);
  /** When the server was last heard about it, in milliseconds. */
  read_at = $state<number | null>(null);
  loading = $state(false);
  error = $state.raw<unknown>(null);
  readonly projects: Map<string, FieldProject> = $derived(new Map(this.kit?.projects.map((p) => [p.id, p])));
  readonly mine: Patch[] = $derived(this.kit?.patches.filter((p) => p.mine) ?? []);
  /** The server's day, and as many days later as have passed on the device since it was heard. */
  readonly today: string = $derived(this.kit ? dayNow(this.kit.today, this.read_at ?? Date.now(), Date.now()) : '');
  /** Called when a kit came that is newer than the one before. */
  onfresh: (kit: FieldKit) => void = () => {};
  readonly #store: FieldStore;
  #etag: string | null = null;
  #owner = '';

  constructor(store: FieldStore, kept: Kept['kit'] | null) {
    this.#store = store;
    if (kept) {
      this.kit = kept.kit;
      this.read_at = kept.read_at;
      this.#etag = kept.etag;
      this.#owner = kept.kit.user.name;
    }
  }

  /** Asks for a newer one; the kept one stays until it is there. */
  async load(): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    this.error = null;
    try {
      const found = await findKit(this.#etag);
      this.read_at = Date.now();
      if (found) {
        this.kit = found.kit;
        this.#etag = found.etag;
        this.#owner = found.kit.user.name;
      }
      const { kit, read_at } = this;
      if (kit) await this.#store.set('kit', { kit, etag: this.#etag, read_at: read_at! });
      if (found) this.onfresh(found.kit);
    } catch (error) {
      this.error = error;
    } finally {
      this.loading = false;
    }
  }

  /** Forgets a kit that was somebody else's. */
  async keepFor(user: string | null): Promise<void> {
    if (this.kit === null || user === this.#owner) return;
    this.kit = null;
    this.read_at = null;
    this.#etag = null;
    await this.#store.set('kit', null);
  }

  /** The status of the answer that came instead of a kit; null when none came. */
  get refusedWith(): number | null {
    return this.error instanceof ApiError ? this.error.status : null;
  }
}

/** The day that it is by now, when it was `day` at a moment. */
function dayNow(day: string, then: number, now: number): string {
  return addDays(day, Math.max(0, daysBetween(localDay(then), localDay(now))));
}

function localDay(now: number): string {
  const at = new Date(now);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
