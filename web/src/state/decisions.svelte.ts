// Accepting and rejecting reports: one or many, what became of each, and the way back.
import {
  acceptInspection,
  acceptInspections,
  latestDecisions,
  MOST_DECISIONS,
  rejectInspection,
} from '../api/inspections.ts';
import type { DecisionResult, InspectionFeature } from '../api/inspection-types.ts';
import { undoBatch } from '../api/time-client.ts';
import type { SessionState } from './session.svelte.ts';

/** Why a report was not decided: the failure itself, or what the server says of one among many. */
export type Refusal = { failure: unknown } | Pick<DecisionResult, 'detail' | 'detail_zh'>;

/** A decision changes a report and its project; others change things at the same time. */
const CHANGES_EACH = 2;
const BESIDE = 50;
const MOST_CHANGES = 1000;

export class Decisions {
  /** The reports that are being decided. */
  busy = $state.raw<ReadonlySet<string>>(new Set());
  /** The reports that were not decided, and why. */
  refused = $state.raw<ReadonlyMap<string, Refusal>>(new Map());
  readonly #session: SessionState;

  constructor(session: SessionState) {
    this.#session = session;
  }

  /** The report as it is decided, or nothing when it was refused. */
  accept(id: string): Promise<InspectionFeature | null> {
    return this.#one(id, () => acceptInspection(id));
  }

  reject(id: string, reason: string): Promise<InspectionFeature | null> {
    return this.#one(id, () => rejectInspection(id, reason));
  }

  /** Accepts what can be accepted; answers with those that were. */
  async acceptAll(ids: readonly string[]): Promise<string[]> {
    const accepted: string[] = [];
    for (let from = 0; from < ids.length; from += MOST_DECISIONS) {
      const some = ids.slice(from, from + MOST_DECISIONS);
      this.#begin(some);
      try {
        const results = await this.#session.keeping(() => acceptInspections(some));
        for (const { id, state, detail, detail_zh } of results) {
          if (state === 'accepted') accepted.push(id);
          else this.#refuse(id, { detail, detail_zh });
        }
      } catch (failure) {
        some.forEach((id) => this.#refuse(id, { failure }));
      } finally {
        this.#end(some);
      }
    }
    return accepted;
  }

  async #one(id: string, work: () => Promise<InspectionFeature>): Promise<InspectionFeature | null> {
    this.#begin([id]);
    try {
      return await this.#session.keeping(work);
    } catch (failure) {
      this.#refuse(id, { failure });
      return null;
    } finally {
      this.#end([id]);
    }
  }

  /** The batches in which reports were decided just now, newest first: each can be taken back by its number. */
  async batchesOf(ids: readonly string[]): Promise<number[]> {
    const changes = await latestDecisions(Math.min(MOST_CHANGES, CHANGES_EACH * ids.length + BESIDE)).catch(() => []);
    const latest = new Map<string, number>();
    for (const { id, batch } of changes) if (!latest.has(id)) latest.set(id, batch);
    const batches = ids.flatMap((id) => latest.get(id) ?? []);
    return [...new Set(batches)].sort((a, b) => b - a);
  }

  /** Takes decisions back, the last one first; answers with how many did not come back. */
  async takeBack(batches: readonly number[]): Promise<number> {
    let failed = 0;
    for (const batch of batches) {
      await this.#session.keeping(() => undoBatch(batch)).catch(() => (failed += 1));
    }
    return failed;
  }

  /** Forgets what was refused, once it was read. */
  forget(): void {
    this.refused = new Map();
  }

  #begin(ids: readonly string[]): void {
    this.busy = new Set([...this.busy, ...ids]);
    this.refused = new Map([...this.refused].filter(([id]) => !ids.includes(id)));
  }

  #end(ids: readonly string[]): void {
    this.busy = new Set([...this.busy].filter((id) => !ids.includes(id)));
  }

  #refuse(id: string, refusal: Refusal): void {
    this.refused = new Map([...this.refused, [id, refusal]]);
  }
}
