// What the phone asks of the server: the kit to take along, reports, and the tiles of the map that it keeps.
import { ApiError, part, request } from './client.ts';
import type { FieldKit, InspectionFeature, InspectionPage } from './field-types.ts';
import type { Problem, Session } from './types.ts';

const KIT = '/api/v1/field';
const INSPECTIONS = '/api/v1/inspections';
/** In a dead spot a request hangs rather than fails. */
const ANSWER_MS = 60_000;
const KIT_MS = 20_000;

/** Who is signed in; in a dead spot the answer is given up soon. */
export function findWho(): Promise<Session> {
  return request('/api/v1/session', { cache: 'no-store', signal: AbortSignal.timeout(KIT_MS) });
}

/** The kit, or null when the one that bears this tag is still right. */
export async function findKit(etag: string | null): Promise<{ kit: FieldKit; etag: string | null } | null> {
  const headers: Record<string, string> = etag ? { 'if-none-match': etag } : {};
  // Our own copy is what the tag speaks of; the browser's must not answer in its stead.
  const response = await fetch(KIT, { headers, cache: 'no-store', signal: AbortSignal.timeout(KIT_MS) });
  if (response.status === 304) return null;
  if (!response.ok) throw await failure(response);
  return { kit: (await response.json()) as FieldKit, etag: response.headers.get('etag') };
}

/** Sends a report as it was written down; the server takes it once, however often it comes. */
export async function createInspection(body: string, key: string): Promise<void> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': key };
  const signal = AbortSignal.timeout(ANSWER_MS);
  const response = await fetch(INSPECTIONS, { method: 'POST', headers, body, signal });
  if (!response.ok) throw await failure(response);
}

export function findInspection(id: string): Promise<InspectionFeature> {
  return request(`${INSPECTIONS}/${part(id)}`, { signal: AbortSignal.timeout(ANSWER_MS) });
}

/** What became of the reports that somebody sent lately. */
export function findMine(inspector: string): Promise<InspectionPage> {
  const asked = new URLSearchParams({ inspector, limit: '200' });
  return request(`${INSPECTIONS}?${asked}`, { cache: 'no-store', signal: AbortSignal.timeout(KIT_MS) });
}

/** Asks for a tile so that it is kept; what it holds is the map's business. */
export async function touchTile(path: string): Promise<void> {
  const response = await fetch(path, { cache: 'no-cache' });
  await response.arrayBuffer();
}

async function failure(response: Response): Promise<ApiError> {
  const problem = (await response.json().catch(() => null)) as Problem | null;
  return new ApiError(response.status, problem, Number(response.headers.get('retry-after')) || null);
}
