// Today's round: the projects that were picked, in the order in which they are visited. Kept on the device for the day.
import { anchorOf } from '../../domain/geo/anchor.ts';
import { orderRound, roundLength, type Stop } from '../../domain/field/round.ts';
import type { Position2 } from '../../domain/ring.ts';
import type { KitState } from './kit.svelte.ts';
import type { FieldStore, Kept } from './store.ts';

export class RoundState {
  ids = $state.raw<string[]>([]);
  done = $state.raw<string[]>([]);
  readonly left: string[] = $derived(this.ids.filter((id) => !this.done.includes(id)));
  readonly next: string | null = $derived(this.left[0] ?? null);
  /** The stops still to come that have a place. */
  readonly stops: Stop[] = $derived.by(() => this.left.flatMap((id) => this.#stop(id) ?? []));
  readonly #store: FieldStore;
  readonly #kit: KitState;

  constructor(store: FieldStore, kit: KitState, kept: Kept['round'] | null) {
    this.#store = store;
    this.#kit = kit;
    if (kept && kept.day === kit.today) [this.ids, this.done] = [kept.ids, kept.done];
  }

  has(id: string): boolean {
    return this.ids.includes(id);
  }

  toggle(id: string): void {
    if (this.has(id)) this.#set(without(this.ids, id), without(this.done, id));
    else this.#set([...this.ids, id]);
  }

  add(ids: readonly string[]): void {
    this.#set([...this.ids, ...ids.filter((id) => !this.has(id))]);
  }

  /** Orders what is left from here; what is done stays before it, what has no place comes last. */
  order(from: Position2): void {
    const done = this.ids.filter((id) => this.done.includes(id));
    const ordered = orderRound(from, this.stops).ids;
    const placeless = this.left.filter((id) => !ordered.includes(id));
    this.#set([...done, ...ordered, ...placeless]);
  }

  /** Later: to the end of the round. */
  skip(id: string): void {
    this.#set([...without(this.ids, id), id]);
  }

  finish(id: string): void {
    if (this.has(id) && !this.done.includes(id)) this.#set(this.ids, [...this.done, id]);
  }

  clear(): void {
    this.#set([], []);
  }

  lengthFrom(from: Position2): number {
    return roundLength(from, this.stops);
  }

  #stop(id: string): Stop | null {
    const place = this.#kit.projects.get(id)?.places[0];
    const at = place && anchorOf(place.geometry);
    return at ? { id, at } : null;
  }

  #set(ids: string[], done = this.done): void {
    this.ids = ids;
    this.done = done;
    void this.#store.set('round', { ids, done, day: this.#kit.today });
  }
}

const without = (list: readonly string[], id: string) => list.filter((other) => other !== id);
