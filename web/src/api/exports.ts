// Data going out: the formats, making an export and following it, and how many features a request would find.
import type { Export, ExportRequest, Formats } from './data-types.ts';
import { part, query, request } from './client.ts';
import { send } from './write.ts';

const EXPORTS = '/api/v1/exports';
/** What is made at once needs no second question; what takes longer is followed. */
const WAIT_S = 1;

export function listFormats(signal?: AbortSignal): Promise<Formats> {
  return request('/api/v1/formats', signal ? { signal } : {});
}

export function createExport(body: ExportRequest): Promise<Export> {
  const headers = { 'content-type': 'application/json', prefer: `wait=${WAIT_S}` };
  return request(EXPORTS, { method: 'POST', headers, body: JSON.stringify(body) });
}

export function findExport(id: string): Promise<Export> {
  return request(`${EXPORTS}/${part(id)}`, {});
}

export async function deleteExport(id: string): Promise<void> {
  await send('DELETE', `${EXPORTS}/${part(id)}`);
}

export const receiptHref = (id: string) => `${EXPORTS}/${part(id)}/receipt`;

export interface Conditions {
  bbox: readonly number[] | null;
  /** CQL2 text. */
  filter: string;
  as_of: string | null;
}

/** How many features of a collection meet the conditions. */
export async function countFeatures(collection: string, asked: Conditions, signal: AbortSignal): Promise<number> {
  const { filter, as_of } = asked;
  const bbox = asked.bbox?.join(',');
  const path = `/ogc/collections/${part(collection)}/items${query({ f: 'json', limit: 1, bbox, filter, as_of })}`;
  return (await request<{ numberMatched: number }>(path, { signal })).numberMatched;
}

/** The address that other programs connect to, as the server names itself. */
export async function findLandingPage(signal: AbortSignal): Promise<string> {
  const { links } = await request<{ links: { rel: string; href: string }[] }>('/ogc?f=json', { signal });
  const self = links.find(({ rel }) => rel === 'self')?.href ?? '/ogc';
  const { origin, pathname } = new URL(self, location.origin);
  return origin + pathname;
}
