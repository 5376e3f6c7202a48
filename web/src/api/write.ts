// What changes the plan: every write names the version it was made on, and carries a key so that a repeat lands once.
import { ApiError, part } from './client.ts';
import type { Body, FeatureEdit, Versioned, WriteProblem, Written } from './edit-types.ts';
import type { RecordType } from '../domain/edit/vocab.ts';

/** Where a record of a type lives. */
const PATHS: Record<RecordType, string> = {
  project: '/api/v1/projects',
  target: '/api/v1/targets',
  quota: '/api/v1/quotas',
  section: '/api/v1/sections',
  theme: '/api/v1/themes',
};

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
    const problem = (await response.json().catch(() => null)) as WriteProblem | null;
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
  const { data, etag } = await send<{ version?: number; record: Body }>('GET', `${PATHS[type]}/${part(id)}`);
  return { type, id, version: data.version ?? versionOf(etag) ?? 0, record: data.record };
}

/** The version in an entity tag `"<version>-<hash>"`. */
export function versionOf(etag: string | null): number | null {
  const digits = /^(?:W\/)?"(\d+)(?:-[^"]*)?"$/.exec(etag ?? '')?.[1];
  return digits === undefined ? null : Number(digits);
}

export async function patchRecord(type: RecordType, id: string, patch: Body, how: Sending): Promise<Written> {
  return (await send<Written>('PATCH', `${PATHS[type]}/${part(id)}`, patch, how)).data;
}

export async function createReading(
  target: string,
  reading: { date: string; value: number; unit: unknown; source: string },
  how: Sending,
): Promise<void> {
  await send('POST', `${PATHS.target}/${part(target)}/readings`, reading, how);
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
  title: string;
  kind: string | null;
  geometry_type: string | null;
}

/** The collections that a new place can be put into, as far as they tell what they hold. */
export async function listPlaceCollections(): Promise<PlaceCollection[]> {
  interface Raw {
    id: string;
    title?: string;
    kind?: string;
    geometry_type?: string;
  }
  const { data } = await send<{ collections: Raw[] }>('GET', '/ogc/collections?f=json');
  return data.collections.map(({ id, title, kind, geometry_type }) => ({
    id,
    title: title ?? id,
    kind: kind ?? null,
    geometry_type: geometry_type ?? null,
  }));
}
