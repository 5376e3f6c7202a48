// Reports from the field as the office reads and decides them, and the rule that marks them.
import type { InspectionState } from '../domain/inspection.ts';
import { part, query, request } from './client.ts';
import type { DecisionResult, InspectionFeature, InspectionPage, InspectionRule } from './inspection-types.ts';
import type { Change, ChangePage } from './types.ts';
import { send } from './write.ts';

const INSPECTIONS = '/api/v1/inspections';

/** As many reports as one page may hold. */
export const MOST_REPORTS = 500;
/** As many as can be accepted at once. */
export const MOST_DECISIONS = 200;

export interface InspectionQuery {
  project?: string | null;
  state?: InspectionState | null;
  inspector?: string | null;
  limit?: number;
}

/** A page of reports, newest observed first. */
export function listInspections(asked: InspectionQuery, signal?: AbortSignal): Promise<InspectionPage> {
  return request(`${INSPECTIONS}${query({ ...asked })}`, signal ? { signal } : {});
}

/** The page that an earlier one named as its next. Only our own server is asked. */
export function followInspections(next: string, signal: AbortSignal): Promise<InspectionPage> {
  const { pathname, search } = new URL(next, location.origin);
  return request(pathname + search, { signal });
}

/** Every report of a project. */
export async function allInspections(project: string): Promise<InspectionFeature[]> {
  let page = await listInspections({ project, limit: MOST_REPORTS });
  const all = [...page.features];
  while (page.next) {
    page = await followInspections(page.next, new AbortController().signal);
    all.push(...page.features);
  }
  return all;
}

export async function acceptInspection(id: string): Promise<InspectionFeature> {
  return (await send<InspectionFeature>('POST', `${INSPECTIONS}/${part(id)}/accept`)).data;
}

export async function rejectInspection(id: string, reason: string): Promise<InspectionFeature> {
  return (await send<InspectionFeature>('POST', `${INSPECTIONS}/${part(id)}/reject`, { reason })).data;
}

/** Accepts several, each by itself, and tells of each what became of it. */
export async function acceptInspections(accept: readonly string[]): Promise<DecisionResult[]> {
  const body = { accept };
  return (await send<{ results: DecisionResult[] }>('POST', `${INSPECTIONS}/decisions`, body)).data.results;
}

/** The latest changes of reports among the last ones: each decision is a batch of its own, and is taken back by its number. */
export async function latestDecisions(limit: number): Promise<Change[]> {
  const { changes } = await request<ChangePage>(`/api/v1/changes${query({ order: 'desc', limit })}`, {});
  return changes.filter(({ type }) => type === 'inspection');
}

export function findInspectionRule(signal: AbortSignal): Promise<{ version: number; rule: InspectionRule }> {
  return request(`${INSPECTIONS}/rule`, { signal });
}

export type PhotoSize = 'thumb' | 'view' | 'original';

export function photoHref(id: string, size: PhotoSize): string {
  return `/api/v1/photos/${part(id)}${query({ size })}`;
}
