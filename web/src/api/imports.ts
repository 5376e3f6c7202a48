// Data coming in: sending a file, saying what is what in it, what it would change, and putting that into the plan.
import type { Outcome } from '../domain/data/vocab.ts';
import { ApiError, part, query, request } from './client.ts';
import type { Commit, Import, Mapping, OutcomeFeatures, RowPage } from './data-types.ts';
import type { Problem } from './types.ts';
import { send } from './write.ts';

const IMPORTS = '/api/v1/imports';

export interface Sending {
  done: Promise<Import>;
  stop: () => void;
}

/** Sends a file, telling how far it is; fetch cannot tell that. */
export function uploadImport(file: File, progress: (sent: number, total: number) => void): Sending {
  const sending = new XMLHttpRequest();
  const done = new Promise<Import>((resolve, reject) => {
    sending.open('POST', `${IMPORTS}${query({ name: file.name })}`);
    sending.setRequestHeader('content-type', 'application/octet-stream');
    sending.upload.onprogress = ({ loaded, total }) => progress(loaded, total);
    sending.onload = () => {
      const answer = parsed(sending.responseText);
      if (sending.status === 201 && answer) resolve(answer as Import);
      else reject(new ApiError(sending.status, answer as Problem | null));
    };
    sending.onerror = () => reject(new ApiError(0, null));
    sending.onabort = () => reject(new DOMException('stopped', 'AbortError'));
    sending.send(file);
  });
  return { done, stop: () => sending.abort() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export async function listImports(signal: AbortSignal): Promise<Import[]> {
  return (await request<{ imports: Import[] }>(IMPORTS, { signal })).imports;
}

export function findImport(id: string, signal?: AbortSignal): Promise<Import> {
  return request(`${IMPORTS}/${part(id)}`, signal ? { signal } : {});
}

export async function deleteImport(id: string): Promise<void> {
  await send('DELETE', `${IMPORTS}/${part(id)}`);
}

/** Says what is what in the file; answers with what it would change. */
export async function replaceMapping(id: string, mapping: Mapping): Promise<Import> {
  return (await send<Import>('PUT', `${IMPORTS}/${part(id)}/mapping`, mapping)).data;
}

export interface RowQuery {
  outcome: Outcome | null;
  layer: string | null;
  limit: number;
  cursor?: string | null;
}

export function listRows(id: string, asked: RowQuery, signal: AbortSignal): Promise<RowPage> {
  return request(`${IMPORTS}/${part(id)}/rows${query({ ...asked })}`, { signal });
}

/** The shapes of what would change, at most as many as one answer holds. */
export function listOutcomes(id: string, signal: AbortSignal): Promise<OutcomeFeatures> {
  return request(`${IMPORTS}/${part(id)}/features`, { signal });
}

export async function commitImport(id: string, body: Commit, key: string): Promise<Import> {
  return (await send<Import>('POST', `${IMPORTS}/${part(id)}/commit`, body, { key })).data;
}

/** The plan as a workbook: with all it holds, or with empty sheets to fill. */
export function workbookHref(empty: boolean): string {
  return `/api/v1/workbook${empty ? '?empty=true' : ''}`;
}
