// One record about to be removed: what goes along with it, why, and the way back.
import { ApiError } from '../api/client.ts';
import { undoBatch, undoChange } from '../api/time-client.ts';
import type { BatchEdit, Project, Quota } from '../api/types.ts';
import { allInspections } from '../api/inspections.ts';
import { createBatch, deleteRecord, findFeature, findRecord, send, versionOf } from '../api/write.ts';
import type { RecordType } from '../domain/edit/vocab.ts';
import type { Text } from '../domain/vocab.ts';
import type { SessionState } from './session.svelte.ts';
import { SubmitKey } from './submit.ts';

interface Report {
  id: string;
  version: number;
}

interface Place {
  collection: string;
  id: string;
  version: number;
}

export class Removal {
  readonly type: RecordType;
  readonly id: string;
  readonly name: Text;
  status = $state<'loading' | 'ready' | 'saving' | 'failed'>('loading');
  note = $state('');
  /** The places that go along with a project. */
  places = $state.raw<Place[]>([]);
  /** Its reports from the field, which mean nothing without it. */
  reports = $state.raw<Report[]>([]);
  /** The quota that counts the project; its list of members loses it. */
  quota = $state.raw<{ id: string; version: number; members: string[]; name: Text } | null>(null);
  readings = $state(0);
  /** Somebody changed it after we looked; what goes along was looked at anew. */
  stale = $state(false);
  failure = $state.raw<unknown>(null);
  #version = 0;
  readonly #session: SessionState;
  readonly #key = new SubmitKey();

  constructor(session: SessionState, type: RecordType, id: string, name: Text) {
    this.#session = session;
    this.type = type;
    this.id = id;
    this.name = name;
    void this.load();
  }

  async load(): Promise<void> {
    this.status = 'loading';
    this.failure = null;
    try {
      await this.#session.keeping(() => this.#look());
      this.status = 'ready';
    } catch (error) {
      this.failure = error;
      this.status = 'failed';
    }
  }

  async #look(): Promise<void> {
    if (this.type !== 'project') {
      const { version, record } = await findRecord(this.type, this.id);
      this.#version = version;
      this.readings = Array.isArray(record['readings']) ? record['readings'].length : 0;
      return;
    }
    const { data: project } = await send<Project>('GET', `/api/v1/projects/${this.id}`);
    this.#version = project.version;
    this.places = await Promise.all(
      project.features.features.map(async ({ id, properties: { collection } }) => {
        const { version } = await findFeature(collection, String(id));
        return { collection, id: String(id), version: Number(version) };
      }),
    );
    this.quota = project.quota ? await findQuota(project.quota) : null;
    const reports = await allInspections(project.id);
    this.reports = reports.map(({ id, properties: { version } }) => ({ id, version }));
  }

  /** Removes it with what goes along; answers with the numbers of the changes, or nothing when it was refused. */
  async confirm(): Promise<number[] | null> {
    this.status = 'saving';
    this.failure = null;
    const note = this.note.trim();
    const key = this.#key.for([this.#version, this.places, this.reports, this.quota, note]);
    try {
      const seqs = await this.#session.keeping(() => this.#send(note, key));
      this.#key.done();
      return seqs;
    } catch (error) {
      this.failure = error;
      this.stale = error instanceof ApiError && error.status === 412;
      if (this.stale) {
        await this.load();
        return null;
      }
      this.status = 'ready';
      return null;
    }
  }

  async #send(note: string, key: string): Promise<number[]> {
    const { type, id, places, reports, quota } = this;
    const version = this.#version;
    if (places.length + reports.length === 0 && !quota) {
      const seq = await deleteRecord(type, id, { version, key, note });
      return seq === null ? [] : [seq];
    }
    const edits: BatchEdit[] = [
      ...reports.map((report): BatchEdit => ({ op: 'delete', type: 'inspection', ...report })),
      ...places.map((place): BatchEdit => ({ op: 'delete', type: 'feature', ...place })),
    ];
    if (quota) {
      const value = { members: quota.members.filter((member) => member !== id) };
      edits.push({ op: 'patch', type: 'quota', id: quota.id, version: quota.version, value });
    }
    edits.push({ op: 'delete', type: 'project', id, version });
    return (await createBatch(edits, note, key)).map(({ seq }) => seq);
  }
}

async function findQuota(id: string) {
  const { data, etag } = await send<Quota>('GET', `/api/v1/quotas/${id}`);
  return { id, version: versionOf(etag) ?? 0, members: data.members, name: data.name };
}

/** Takes back what landed together: all of it, or nothing. */
export async function takeBack(session: SessionState, seqs: readonly number[]): Promise<void> {
  const first = Math.min(...seqs);
  await session.keeping(() => (seqs.length > 1 ? undoBatch(first) : undoChange(first)));
}
