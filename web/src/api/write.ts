// What changes the plan: every write names the version it was made on, and carries a key so that a repeat lands once.
import { ApiError, part } from './client.ts';
import type { BatchEdit, Body, Change, CollectionBody, FeatureEdit, Problem, Versioned, Written } from './types.ts';
import { FIELDS } from '../domain/edit/fields.ts';
import { isRule, type RecordType } from '../domain/edit/vocab.ts';

/** Where a record of a type lives. */
const PATHS: Record<RecordType, string> = {
  project: '/api/v1/projects',
  target: '/api/v1/targets',
  quota: '/api/v1/quotas',
  section: '/api/v1/sections',
  theme: '/api/v1/themes',
  plan: '/api/v1/plans',
  collection: '/api/v1/collections',
  light_rule: '/api/v1/lights',
  inspection_rule: '/api/v1/inspections/rule',
  patch: '/api/v1/patches',
};

/** A plan has one rule of each sort, so that these have no id in their address. */
const pathOf = (type: RecordType, id: string) => (isRule(type) ? PATHS[type] : `${PATHS[type]}/${part(id)}`);

/** How a write is sent: on which version, under which key, with which note for the log. */
/** A version as a number, or an entity tag as it came. */
export type Version = number | string;

export interface Sending {
  version?: Version;
  key?: string;
  note?: string;
}

export interface Answer<T> {
  data: T;
  etag: string | null;
  seq: number | null;
}

/** Features are GeoJSON, and parts of them merge patches; everything else is JSON. */
function contentType(method: string, path: string): string {
  if (!path.startsWith('/ogc/')) return 'application/json';
  return method === 'PATCH' ? 'application/merge-patch+json' : 'application/geo+json';
}

/** Sends a request that is not a plain read; also for those whose answer has no body. */
export async function send<T>(method: string, path: string, body?: unknown, sending: Sending = {}): Promise<Answer<T>> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers['content-type'] = contentType(method, path);
  if (sending.version !== undefined)
    headers['if-match'] = typeof sending.version === 'number' ? `"${sending.version}"` : sending.version;
  if (sending.key) headers['idempotency-key'] = sending.key;
  if (sending.note) headers['x-change-note'] = encodeURIComponent(sending.note);
  const init: RequestInit = { method, headers };
  if (body !== undefined) init.body = JSON.stringify(body);
  const response = await fetch(path, init);
  if (!response.ok) {
    const problem = (await response.json().catch(() => null)) as Problem | null;
    throw new ApiError(response.status, problem, Number(response.headers.get('retry-after')) || null);
  }
  const text = response.status === 204 ? '' : await response.text();
  const seq = Number(response.headers.get('x-guatu-sequence'));
  return {
    data: (text ? JSON.parse(text) : null) as T,
    etag: response.headers.get('etag'),
    seq: seq > 0 ? seq : null,
  };
}

/** A record with the version that a change of it must name. */
export async function findRecord(type: RecordType, id: string): Promise<Versioned> {
  const { data, etag } = await send<Body & { version?: number }>('GET', pathOf(type, id));
  const record = (data['record'] ?? data['rule'] ?? settable(type, data)) as Body;
  return { type, id, version: data.version ?? versionOf(etag) ?? 0, record };
}

/** What can be set of a record that is told together with what is computed of it. */
function settable(type: RecordType, told: Body): Body {
  return Object.fromEntries(FIELDS[type].map(({ name }) => [name, told[name] ?? null]));
}

/** The version in an entity tag `"<version>-<hash>"`. */
export function versionOf(etag: string | null): number | null {
  const digits = /^(?:W\/)?"(\d+)(?:-[^"]*)?"$/.exec(etag ?? '')?.[1];
  return digits === undefined ? null : Number(digits);
}

/** Sends what changes of a record; a rule is put as a whole. */
export async function changeRecord(
  type: RecordType,
  id: string,
  { patch, body }: { patch: Body; body: Body },
  how: Sending,
): Promise<Written> {
  const [method, sent] = isRule(type) ? ['PUT', body] : ['PATCH', patch];
  return (await send<Written>(method as string, pathOf(type, id), sent, how)).data;
}

export async function createRecord(type: RecordType, id: string, body: Body, how: Sending): Promise<Written> {
  return (await send<Written>('POST', PATHS[type], { id, ...body }, how)).data;
}

/** Removes a record; answers with the number of the change. */
export async function deleteRecord(type: RecordType, id: string, how: Sending): Promise<number | null> {
  return (await send<null>('DELETE', pathOf(type, id), undefined, how)).seq;
}

/** Several edits that land together or not at all; answers with the changes in the edits' order. */
export async function createBatch(edits: BatchEdit[], note: string, key: string): Promise<Change[]> {
  const body = { edits, ...(note ? { note } : {}) };
  return (await send<{ changes: Change[] }>('POST', '/api/v1/batches', body, { key })).data.changes;
}

export async function createReading(
  target: string,
  reading: { date: string; value: number; unit: unknown; source: string },
  how: Sending,
): Promise<void> {
  await send('POST', `${PATHS.target}/${part(target)}/readings`, reading, how);
}

/** Removes the reading of a day; answers with the number of the change. */
export async function deleteReading(target: string, date: string, key: string): Promise<number | null> {
  // A reading is named by its day, whatever the target's version is by now.
  const path = `${PATHS.target}/${part(target)}/readings/${part(date)}`;
  return (await send<null>('DELETE', path, undefined, { key, version: '*' })).seq;
}

const items = (collection: string) => `/ogc/collections/${part(collection)}/items`;

/** A feature with the version that a change of it must name. */
export async function findFeature(collection: string, id: string): Promise<{ feature: FeatureEdit; version: Version }> {
  const { data, etag } = await send<FeatureEdit>('GET', `${items(collection)}/${part(id)}?f=json`);
  return { feature: data, version: versionOf(etag) ?? etag ?? 0 };
}

export function createFeature(collection: string, feature: FeatureEdit, how: Sending) {
  return send<unknown>('POST', items(collection), feature, how);
}

export function patchFeature(collection: string, id: string, patch: Body, how: Sending) {
  return send<unknown>('PATCH', `${items(collection)}/${part(id)}`, patch, how);
}

export function deleteFeature(collection: string, id: string, how: Sending) {
  return send<null>('DELETE', `${items(collection)}/${part(id)}`, undefined, how);
}

export interface PlaceCollection {
  id: string;
  version: number;
  record: CollectionBody;
  /** Whether nothing lies in it. */
  empty: boolean;
}

/** The collections of the plan with their records. */
export async function listPlaceCollections(): Promise<PlaceCollection[]> {
  interface Raw {
    id: string;
    extent?: { spatial?: unknown };
  }
  const { data } = await send<{ collections: Raw[] }>('GET', '/ogc/collections?f=json');
  return Promise.all(
    data.collections.map(async ({ id, extent }) => {
      const { version, record } = await findRecord('collection', id);
      return { id, version, record: record as unknown as CollectionBody, empty: !extent?.spatial };
    }),
  );
}
