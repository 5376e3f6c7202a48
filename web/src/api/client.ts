// The only place that fetches. Answers come back typed; failures come back as ApiError with the server's own words.
import { atMoment } from './moment.ts';
import type { Ask, Filters } from '../domain/view.ts';
import type { Sort } from '../domain/vocab.ts';
import type {
  Found,
  FoundProject,
  Hit,
  LightPreview,
  LightRule,
  PlanFeature,
  PlanTree,
  Problem,
  Project,
  ProjectPage,
  QueryRequest,
  Settings,
} from './types.ts';

export class ApiError extends Error {
  readonly status: number;
  readonly problem: Problem | null;
  /** When to try again, if the server says. */
  readonly retry_s: number | null;

  constructor(status: number, problem: Problem | null, retry_s: number | null = null) {
    super(problem?.detail ?? problem?.title ?? `HTTP ${status}`);
    this.status = status;
    this.problem = problem;
    this.retry_s = retry_s;
  }
}

/** The most that one list shows and the map can mark by name; a plan of a district has fewer. */
export const LIST_LIMIT = 1000;

export async function request<T>(path: string, init: RequestInit): Promise<T> {
  const response = await fetch(path, init);
  if (!response.ok) {
    const problem = (await response.json().catch(() => null)) as Problem | null;
    throw new ApiError(response.status, problem);
  }
  return (await response.json()) as T;
}

/** A read of the plan as it was on the day that is looked at. */
function read<T>(path: string, init: RequestInit): Promise<T> {
  return request(atMoment(path), init);
}

type Values = Record<string, string | number | readonly string[] | null | undefined>;

export function query(values: Values): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    const text = Array.isArray(value) ? value.join(',') : value;
    if (text !== null && text !== undefined && text !== '') params.set(name, String(text));
  }
  const text = params.toString();
  return text ? `?${text}` : '';
}

export const part = encodeURIComponent;

export function findSettings(signal: AbortSignal): Promise<Settings> {
  return request('/api/v1/settings', { signal });
}

export function findPlan(plan: string, signal: AbortSignal): Promise<PlanTree> {
  return read(`/api/v1/plans/${part(plan)}`, { signal });
}

export interface ProjectQuery extends Filters {
  sort: Sort;
  descending: boolean;
}

export function listProjects(q: ProjectQuery, signal: AbortSignal): Promise<ProjectPage> {
  const { sort, descending, ...filters } = q;
  const values = { ...filters, sort: (descending ? '-' : '') + sort, limit: LIST_LIMIT };
  return read(`/api/v1/projects${query(values)}`, { signal });
}

export function findProject(id: string, signal: AbortSignal): Promise<Project> {
  return read(`/api/v1/projects/${part(id)}`, { signal });
}

export function search(q: string, signal: AbortSignal): Promise<{ hits: Hit[] }> {
  return read(`/api/v1/search${query({ q, limit: 12 })}`, { signal });
}

/** What lies near a point or a feature, or inside an area. */
export function findNear(ask: Ask, radius_m: number, signal: AbortSignal): Promise<Found> {
  if (ask.type === 'area') {
    const ring = [...ask.ring, ask.ring[0]!];
    const body: QueryRequest = {
      geometry: { type: 'Polygon', coordinates: [ring] },
      relation: ask.relation,
      limit: LIST_LIMIT,
    };
    const headers = { 'content-type': 'application/json' };
    return read('/api/v1/query', { method: 'POST', headers, body: JSON.stringify(body), signal });
  }
  const where = ask.type === 'feature' ? { near: ask.ref } : { lon: ask.at[0], lat: ask.at[1] };
  return read(`/api/v1/nearby${query({ ...where, radius_m, limit: LIST_LIMIT })}`, { signal });
}

/** The rule by which lights are read, with its version. */
export function findLightRule(signal: AbortSignal): Promise<{ version: number; rule: LightRule }> {
  return read('/api/v1/lights', { signal });
}

/** What another rule would change; nothing is changed. */
export function previewLights(rule: LightRule, signal: AbortSignal): Promise<LightPreview> {
  const headers = { 'content-type': 'application/json' };
  return read('/api/v1/lights/preview', { method: 'POST', headers, body: JSON.stringify(rule), signal });
}

/** The features of one collection, as many as one page holds. */
export async function listFeatures(collection: string, signal: AbortSignal): Promise<PlanFeature[]> {
  const path = `/ogc/collections/${part(collection)}/items?f=json&limit=${LIST_LIMIT}`;
  return (await read<{ features: PlanFeature[] }>(path, { signal })).features;
}

/** The ids of the collections that hold the plan's places. */
export async function listCollections(signal?: AbortSignal): Promise<string[]> {
  const found = await read<{ collections: { id: string }[] }>('/ogc/collections?f=json', { signal });
  return found.collections.map(({ id }) => id);
}

/** The answers that are projects, as the lists show them; a feature without a project is not of the plan. */
export function projectsOf(found: Found): FoundProject[] {
  return found.features.flatMap(({ properties: p }) => {
    if (!p.project) return [];
    const { project, kind, position, accuracy_m, distance_m, bearing_deg } = p;
    // A feature may bear a name of its own; the list speaks of projects.
    const name = { zh: p.project_zh ?? p.name_zh, en: p.project_en ?? p.name_en };
    const [stage, light] = [p.stage ?? 'not_reported', p.light ?? 'grey'] as const;
    return [{ project, kind, name, stage, light, position, accuracy_m, distance_m, bearing_deg }];
  });
}
