// How much room the device has left for reports, and whether it promised to keep them.
import { isTight, type Room } from '../../domain/field/storage.ts';

export class RoomState {
  room = $state.raw<Room | null>(null);
  /** Whether the browser promised not to clear what is kept; null: it has no such promise. */
  isPromised = $state<boolean | null>(null);
  readonly isTight: boolean = $derived(this.room !== null && isTight(this.room));

  constructor() {
    void this.look();
    void navigator.storage?.persisted?.().then((yes) => (this.isPromised = yes));
  }

  async look(): Promise<void> {
    const found = await navigator.storage?.estimate?.().catch(() => null);
    if (found?.quota) this.room = { used: found.usage ?? 0, quota: found.quota };
  }

  /** Asks once there is something to keep: browsers say yes sooner to apps that are used. */
  async ask(): Promise<void> {
    if (this.isPromised !== false) return;
    this.isPromised = (await navigator.storage.persist().catch(() => false)) ?? false;
  }
}
