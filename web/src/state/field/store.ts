// What the device keeps: reports, their photos, how far these are sent, drafts, and the kit. IndexedDB alone holds it;
// nothing here is only in memory once a call has answered.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { FieldKit } from '../../api/field-types.ts';
import type { Fix } from '../../domain/field/fix.ts';
import { isOver, type KeptPhoto, type KeptReport } from '../../domain/field/report.ts';
import type { Lang, Stage } from '../../domain/vocab.ts';

/** A report that is being written. */
export interface Draft {
  /** The project's id; of a refused report that is said anew, its place in the queue. */
  key: string;
  project: string;
  stage: Stage;
  progress: number | null;
  note: string;
  photos: KeptPhoto[];
  /** The refused report that this is to take the place of. */
  instead_of: number | null;
}

interface Photo {
  id: string;
  blob: Blob;
}

/** Single things by their names. */
export interface Kept {
  kit: { kit: FieldKit; etag: string | null; read_at: number };
  user: { name: string; display_name: string; rights: string[] };
  round: { ids: string[]; done: string[]; day: string };
  point: Fix;
  lang: Lang;
  tiles: { seq: number; plan: string; at: number };
}

interface Schema extends DBSchema {
  reports: { key: number; value: KeptReport; indexes: { id: string } };
  photos: { key: string; value: Photo };
  uploads: { key: string; value: { photo: string; path: string } };
  drafts: { key: string; value: Draft };
  kept: { key: string; value: { name: string; value: unknown } };
}

const NAME = 'guatu-field';
const VERSION = 1;
/** Once told "kept", a report is on the disk, not on its way there. */
const STRICT = { durability: 'strict' } as const;

export class FieldStore {
  readonly #db: IDBPDatabase<Schema>;

  private constructor(db: IDBPDatabase<Schema>) {
    this.#db = db;
  }

  static async open(name = NAME): Promise<FieldStore> {
    const db = await openDB<Schema>(name, VERSION, {
      upgrade(db) {
        db.createObjectStore('reports', { keyPath: 'n', autoIncrement: true }).createIndex('id', 'id', {
          unique: true,
        });
        db.createObjectStore('photos', { keyPath: 'id' });
        db.createObjectStore('uploads', { keyPath: 'photo' });
        db.createObjectStore('drafts', { keyPath: 'key' });
        db.createObjectStore('kept', { keyPath: 'name' });
      },
    });
    return new FieldStore(db);
  }

  close(): void {
    this.#db.close();
  }

  /** In the order in which they were made. */
  reports(): Promise<KeptReport[]> {
    return this.#db.getAll('reports');
  }

  report(n: number): Promise<KeptReport | undefined> {
    return this.#db.get('reports', n);
  }

  async photo(id: string): Promise<Blob | undefined> {
    return (await this.#db.get('photos', id))?.blob;
  }

  /**
   * Puts a report into the queue with all its photos, in the place of its draft and of the refused one that it repeats.
   * All of it or nothing; answers with its place in the queue.
   */
  async keep(report: KeptReport, photos: ReadonlyMap<string, Blob>, draft: Draft | null): Promise<number> {
    const tx = this.#db.transaction(['reports', 'photos', 'uploads', 'drafts'], 'readwrite', STRICT);
    const done = finished(tx);
    for (const { id } of report.photos) {
      const blob = photos.get(id);
      if (blob) await tx.objectStore('photos').put({ id, blob });
      else if (!(await tx.objectStore('photos').getKey(id))) {
        tx.abort();
        throw new Error(`photo ${id} is not there`);
      }
    }
    if (draft?.instead_of != null) {
      const old = await tx.objectStore('reports').get(draft.instead_of);
      const stay = new Set(report.photos.map(({ id }) => id));
      for (const { id } of old?.photos ?? []) {
        if (stay.has(id)) continue;
        await tx.objectStore('photos').delete(id);
        await tx.objectStore('uploads').delete(id);
      }
      await tx.objectStore('reports').delete(draft.instead_of);
    }
    const { n: _, ...fresh } = report;
    const n = await tx.objectStore('reports').add(fresh);
    if (draft) await tx.objectStore('drafts').delete(draft.key);
    await done;
    return n;
  }

  /** Writes down what became of a report; a sent one lets its photos go in the same step. */
  async settle(report: KeptReport): Promise<void> {
    const tx = this.#db.transaction(['reports', 'photos', 'uploads'], 'readwrite', STRICT);
    const done = finished(tx);
    await tx.objectStore('reports').put(report);
    if (report.state === 'sent') {
      for (const { id } of report.photos) {
        await tx.objectStore('photos').delete(id);
        await tx.objectStore('uploads').delete(id);
      }
    }
    await done;
  }

  async drop(report: KeptReport): Promise<void> {
    const tx = this.#db.transaction(['reports', 'photos', 'uploads'], 'readwrite');
    const done = finished(tx);
    await tx.objectStore('reports').delete(report.n!);
    for (const { id } of report.photos) {
      await tx.objectStore('photos').delete(id);
      await tx.objectStore('uploads').delete(id);
    }
    await done;
  }

  /** Takes out what was sent long enough ago, and photos that nothing names. */
  async tidy(now: number): Promise<void> {
    const tx = this.#db.transaction(['reports', 'photos', 'uploads', 'drafts'], 'readwrite');
    const done = finished(tx);
    const named = new Set<string>();
    for (const report of await tx.objectStore('reports').getAll()) {
      if (isOver(report, now)) await tx.objectStore('reports').delete(report.n!);
      else if (report.state !== 'sent') for (const { id } of report.photos) named.add(id);
    }
    for (const draft of await tx.objectStore('drafts').getAll()) for (const { id } of draft.photos) named.add(id);
    for (const id of await tx.objectStore('photos').getAllKeys()) {
      if (!named.has(id)) await tx.objectStore('photos').delete(id);
    }
    for (const id of await tx.objectStore('uploads').getAllKeys()) {
      if (!named.has(id)) await tx.objectStore('uploads').delete(id);
    }
    await done;
  }

  async uploadPath(photo: string): Promise<string | null> {
    return (await this.#db.get('uploads', photo))?.path ?? null;
  }

  async setUploadPath(photo: string, path: string | null): Promise<void> {
    if (path === null) await this.#db.delete('uploads', photo);
    else await this.#db.put('uploads', { photo, path });
  }

  draft(key: string): Promise<Draft | undefined> {
    return this.#db.get('drafts', key);
  }

  async drafts(): Promise<string[]> {
    return this.#db.getAllKeys('drafts');
  }

  /** Keeps a draft, with the photos that are new to it. */
  async putDraft(draft: Draft, photos: ReadonlyMap<string, Blob> = new Map()): Promise<void> {
    const tx = this.#db.transaction(['drafts', 'photos'], 'readwrite');
    const done = finished(tx);
    for (const [id, blob] of photos) await tx.objectStore('photos').put({ id, blob });
    await tx.objectStore('drafts').put(draft);
    await done;
  }

  /** Lets a draft go, with those of its photos that no report has. */
  async dropDraft(key: string): Promise<void> {
    await this.#db.delete('drafts', key);
    await this.tidy(0);
  }

  async get<K extends keyof Kept>(name: K): Promise<Kept[K] | null> {
    return ((await this.#db.get('kept', name))?.value as Kept[K] | undefined) ?? null;
  }

  async set<K extends keyof Kept>(name: K, value: Kept[K] | null): Promise<void> {
    if (value === null) await this.#db.delete('kept', name);
    else await this.#db.put('kept', { name, value });
  }
}

/** A transaction that fails says so once, to whoever waits for it; a request of it that fails must not speak besides. */
function finished(tx: { done: Promise<void> }): Promise<void> {
  tx.done.catch(() => undefined);
  return tx.done;
}
