// Reads and writes of the time side: timeline, comparison, history, undo, live events. As in client.ts, failures are ApiErrors.
import type { AuditFilters } from '../domain/view.ts';
import { query, request } from './client.ts';
import { send } from './write.ts';
import { atMoment } from './moment.ts';
import type {
  Change,
  ChangeEvent,
  ChangePage,
  Comparison,
  HelloEvent,
  StoreEvent,
  PlanMoment,
  Project,
  Timeline,
} from './types.ts';

const part = encodeURIComponent;

export async function findPlanMoment(signal: AbortSignal): Promise<PlanMoment | null> {
  return (await request<{ plans: PlanMoment[] }>('/api/v1/plans', { signal })).plans[0] ?? null;
}

export function findTimeline(signal: AbortSignal): Promise<Timeline> {
  return request('/api/v1/timeline', { signal });
}

export function compareDays(from: string, to: string, signal: AbortSignal): Promise<Comparison> {
  return request(`/api/v1/compare${query({ from, to })}`, { signal });
}

/** A project as it was on a day, whatever day the rest of the app looks at. */
export function findProjectOn(id: string, day: string, signal: AbortSignal): Promise<Project> {
  return request(atMoment(`/api/v1/projects/${part(id)}`, day), { signal });
}

/** A page of the changes of a project and its places until the end of a day, newest first. */
export function listHistory(id: string, to: string | null, limit: number, signal: AbortSignal): Promise<ChangePage> {
  return request(`/api/v1/projects/${part(id)}/history${query({ to, limit })}`, { signal });
}

export function listChanges(filters: AuditFilters, limit: number, signal: AbortSignal): Promise<ChangePage> {
  return request(`/api/v1/changes${query({ ...filters, order: 'desc', limit })}`, { signal });
}

/** The page that an earlier one named as its next. Only our own server is asked. */
export function followChanges(next: string, signal: AbortSignal): Promise<ChangePage> {
  const { pathname, search } = new URL(next, location.origin);
  return request(pathname + search, { signal });
}

/** As many changes as one page may hold. */
const MOST = 1000;

/** The changes after one that took others back; `type` narrows them to those of one type of record. */
export async function listUndoers(type: string | null, since: number, signal: AbortSignal): Promise<Change[]> {
  const path = `/api/v1/changes${query({ type, since, limit: MOST })}`;
  return (await request<ChangePage>(path, { signal })).changes.filter((change) => change.undoes !== null);
}

/** Takes a change back. The answer has no body when the record is gone with it. */
export async function undoChange(seq: number): Promise<void> {
  await send('POST', `/api/v1/changes/${seq}/undo`);
}

/** Takes all changes of a batch back, or none; a batch has the number of its first change. */
export async function undoBatch(batch: number): Promise<void> {
  await send('POST', `/api/v1/batches/${batch}/undo`);
}

/** Asks for tiles ahead of time, so that the browser has them when the map does. */
export async function preload(paths: readonly string[], signal: AbortSignal): Promise<void> {
  await Promise.allSettled(paths.map(async (path) => (await fetch(path, { signal })).arrayBuffer()));
}

export interface EventHandlers {
  hello(event: HelloEvent): void;
  change(event: ChangeEvent): void;
  reset(): void;
  /** The server's database went out of reach, or is back. */
  store(event: StoreEvent): void;
  open(): void;
  /** The connection is gone; `final` when the browser will not try again by itself. */
  lost(final: boolean): void;
}

/** Listens to the plan's changes; answers with how to stop. The browser resumes by itself after a short loss. */
export function openEvents(since: number | null, handlers: EventHandlers): () => void {
  const source = new EventSource(`/api/v1/events${query({ since })}`);
  const on = <T>(name: string, handle: (data: T) => void) =>
    source.addEventListener(name, (event) => {
      let data: T;
      try {
        data = JSON.parse((event as MessageEvent<string>).data || 'null') as T;
      } catch {
        // What cannot be read may have said anything: everything is read anew.
        return handlers.reset();
      }
      handle(data);
    });
  on<HelloEvent>('hello', (data) => handlers.hello(data));
  on<ChangeEvent>('change', (data) => handlers.change(data));
  on<unknown>('reset', () => handlers.reset());
  on<StoreEvent>('store', (data) => handlers.store(data));
  source.onopen = () => handlers.open();
  source.onerror = () => handlers.lost(source.readyState === EventSource.CLOSED);
  return () => source.close();
}
