// Sends what waits, strictly in the order it was made, one after the other: first a report's photos, then the report.
// Whatever breaks in between, the next run goes on from what the store and the server have.
import { ApiError } from '../../api/client.ts';
import type { InspectionFeature } from '../../api/field-types.ts';
import { faultsOf, verdictOnPhoto, verdictOnReport, type Said, type Verdict } from '../../domain/field/answer.ts';
import { newId } from '../../domain/field/id.ts';
import { bodyOf, type KeptReport, type Refusal } from '../../domain/field/report.ts';
import type { FieldStore } from './store.ts';

/** The server, as the sender needs it. */
export interface Line {
  /** Whose session this is; null: nobody's. */
  user(): Promise<string | null>;
  upload(
    photo: Blob,
    how: { path: string | null; begun: (path: string) => void; progress: (bytes: number) => void },
  ): Promise<string>;
  report(body: string, key: string): Promise<void>;
  find(id: string): Promise<InspectionFeature>;
}

export interface Progress {
  n: number;
  sent: number;
  total: number;
}

/** Why a run ended. */
export type Outcome = { is: 'done' } | { is: 'later'; retry_s: number | null } | { is: 'sign_in' } | { is: 'no_right' };

export interface Hearer {
  progress(at: Progress | null): void;
  /** Something of the store is different now. */
  changed(): void;
}

export class Sender {
  readonly #store: FieldStore;
  readonly #line: Line;
  readonly #hearer: Hearer;
  readonly #now: () => number;

  constructor(store: FieldStore, line: Line, hearer: Hearer, now: () => number = Date.now) {
    this.#store = store;
    this.#line = line;
    this.#hearer = hearer;
    this.#now = now;
  }

  /** Sends all that waits and is of the user who is signed in, until nothing is left or the line breaks. */
  async run(): Promise<Outcome> {
    try {
      for (let after = 0; ;) {
        const waiting = (await this.#store.reports()).filter((r) => r.state === 'waiting' && r.n! > after);
        if (waiting.length === 0) return { is: 'done' };
        // Asked before each report: somebody else may have signed in meanwhile.
        const user = await this.#user();
        if (typeof user !== 'string') return user;
        const next = waiting.find((r) => r.user === user);
        if (!next) return { is: 'done' };
        after = next.n!;
        const verdict = await this.#send(next);
        if (verdict.is === 'sent') await this.#settle({ ...next, state: 'sent', sent_at: this.#now() });
        else if (verdict.is === 'refused') await this.#refuse(next, verdict.refusal);
        else if (verdict.is === 'photos_gone') {
          if (next.healed) await this.#refuse(next, refusalOf(next));
          else await this.#heal(next);
          if (!next.healed) after = next.n! - 1;
        } else if (verdict.is === 'sign_in' || verdict.is === 'no_right') return { is: verdict.is };
        else return { is: 'later', retry_s: verdict.is === 'later' ? verdict.retry_s : null };
      }
    } finally {
      this.#hearer.progress(null);
    }
  }

  async #user(): Promise<string | Outcome> {
    try {
      return (await this.#line.user()) ?? { is: 'sign_in' };
    } catch (error) {
      return { is: 'later', retry_s: saidBy(error).retry_s };
    }
  }

  async #send(report: KeptReport): Promise<Verdict> {
    const n = report.n!;
    const total = report.photos.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#hearer.progress({ n, sent: 0, total });
    if (report.body === null) {
      const uploads: string[] = [];
      let before = 0;
      for (const { id, bytes } of report.photos) {
        const sent = await this.#photo(id, (part) => this.#hearer.progress({ n, sent: before + part, total }));
        if (typeof sent !== 'string') return sent;
        before += bytes;
        this.#hearer.progress({ n, sent: before, total });
        uploads.push(sent);
      }
      report.body = bodyOf(report, uploads);
      await this.#settle(report);
    }
    try {
      await this.#line.report(report.body, report.id);
      return { is: 'sent' };
    } catch (error) {
      const said = saidBy(error);
      const verdict = verdictOnReport(said);
      return ['exists', 'photos_gone'].includes(verdict.is) ? this.#compare(report, said, verdict) : verdict;
    }
  }

  /** The photo's id at the server, or why it did not get there. */
  async #photo(id: string, progress: (bytes: number) => void): Promise<string | Verdict> {
    const blob = await this.#store.photo(id);
    if (!blob) return { is: 'refused', refusal: { status: 0, faults: [], photo: id } };
    for (let path = await this.#store.uploadPath(id); ; path = null) {
      const begun = (at: string): void => void this.#store.setUploadPath(id, at);
      try {
        return await this.#line.upload(blob, { path, begun, progress });
      } catch (error) {
        const verdict = verdictOnPhoto(saidBy(error), id);
        if (verdict.is === 'refused' || verdict.is === 'upload_gone') await this.#store.setUploadPath(id, null);
        if (verdict.is !== 'upload_gone') return verdict;
        // A new upload that is gone at once is the server's trouble, not a reason to begin for ever.
        if (path === null) return { is: 'later', retry_s: null };
      }
    }
  }

  /**
   * A report of this id may be there. It is this one when it says the same: its answer was lost on the way. Before
   * anything is said anew, this is made sure of.
   */
  async #compare(report: KeptReport, said: Said, verdict: Verdict): Promise<Verdict> {
    let there: InspectionFeature;
    try {
      there = await this.#line.find(report.id);
    } catch (error) {
      const isAbsent = error instanceof ApiError && error.status === 404;
      return isAbsent && verdict.is === 'photos_gone' ? verdict : { is: 'later', retry_s: null };
    }
    const { project, stage, observed_at } = there.properties;
    const isSame =
      project === report.project &&
      stage === report.stage &&
      Date.parse(observed_at) === Date.parse(report.observed_at);
    if (isSame) return { is: 'sent' };
    return { is: 'refused', refusal: { status: 409, faults: faultsOf(said), photo: null } };
  }

  /** The server lost the photos: they are sent anew, once, and the report as another one, for its words are others. */
  async #heal(report: KeptReport): Promise<void> {
    for (const { id } of report.photos) await this.#store.setUploadPath(id, null);
    await this.#settle({ ...report, id: newId(), body: null, healed: true });
  }

  async #refuse(report: KeptReport, refusal: Refusal): Promise<void> {
    await this.#settle({ ...report, state: 'refused', refusal });
  }

  async #settle(report: KeptReport): Promise<void> {
    await this.#store.settle(report);
    this.#hearer.changed();
  }
}

function saidBy(error: unknown): Said {
  if (error instanceof ApiError) return { status: error.status, problem: error.problem, retry_s: error.retry_s };
  return { status: 0, problem: null, retry_s: null };
}

/** The server does not take the photos, not even when they are sent anew. */
function refusalOf(report: KeptReport): Refusal {
  return { status: 422, faults: [], photo: report.photos[0]?.id ?? null };
}
