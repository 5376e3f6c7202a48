// What the timeline of a project's reports and the map tell each other: where reports were made, and which one is meant.
import type { Spots } from '../domain/inspection.ts';

export class EvidenceState {
  /** Where the reports that are listed were made; null while no timeline is shown. */
  spots = $state.raw<Spots | null>(null);
  /** How many reports of the shown project wait for a decision. */
  waiting = $state(0);
  /** The report under the pointer, in the timeline or on the map. */
  hovered = $state<string | null>(null);
  /** The report that was pressed on the map, to be brought into sight; a new object is a new request. */
  chosen = $state.raw<{ id: string } | null>(null);

  clear(): void {
    this.spots = null;
    this.waiting = 0;
    this.hovered = null;
    this.chosen = null;
  }
}
