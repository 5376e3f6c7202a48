// Reports from the field as a phone sends them, for the journeys of those who decide.
import { expect, type Page } from '@playwright/test';

const headers = { 'sec-fetch-site': 'same-origin' };

export interface Told {
  project: string;
  stage: string;
  progress?: number | null;
  note?: string;
  at?: [number, number];
  accuracy_m?: number;
  /** How long ago it was seen. */
  minutes?: number;
  photos?: string[];
}

let sent = 0;
const started = Date.now();

/** Ids as phones make them, in the order in which they are made. */
function nextId(): string {
  const time = (started + sent).toString(16).padStart(12, '0');
  const rest = String(++sent).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${rest}`;
}

/** Sends a report as whoever is signed in on the page; answers with its id. */
export async function report(page: Page, { at, accuracy_m = 8, minutes = 5, ...told }: Told): Promise<string> {
  const id = nextId();
  const fix = at ? { lon: at[0], lat: at[1], accuracy_m, source: 'device' } : null;
  const observed_at = new Date(Date.now() - minutes * 60_000).toISOString();
  const data = { id, observed_at, progress: null, note: null, confirmed: true, photos: [], ...told, fix };
  const answer = await page.request.post('/api/v1/inspections', {
    headers: { ...headers, 'idempotency-key': id },
    data,
  });
  expect(answer.status(), await answer.text()).toBe(201);
  return id;
}

/** A photo of what the page shows, uploaded in one piece; answers with its id. */
export async function photo(page: Page): Promise<string> {
  const bytes = await page.screenshot({ type: 'jpeg', clip: { x: 0, y: 0, width: 640, height: 480 } });
  const tus = { ...headers, 'tus-resumable': '1.0.0' };
  const begun = await page.request.post('/api/v1/uploads', {
    headers: { ...tus, 'upload-length': String(bytes.length) },
  });
  expect(begun.status(), await begun.text()).toBe(201);
  const where = begun.headers()['location']!;
  const put = await page.request.patch(where, {
    headers: { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
    data: bytes,
  });
  expect(put.status(), await put.text()).toBe(204);
  return where.split('/').at(-1)!;
}

interface Kept {
  id: string;
  properties: { version: number; state: string; project: string };
}

/** The reports of some projects, as whoever is signed in reads them. */
export async function reportsOf(page: Page, projects: readonly string[]): Promise<Kept[]> {
  const pages = await Promise.all(
    projects.map(async (p) => (await page.request.get(`/api/v1/inspections?project=${p}&limit=500`)).json()),
  );
  return pages.flatMap((found) => found.features);
}

/** Takes back what was decided about the reports of some projects, the last first; the reports stay with their projects. */
export async function takeBack(page: Page, projects: readonly string[]): Promise<void> {
  const ids = new Set((await reportsOf(page, projects)).map(({ id }) => id));
  const found = await page.request.get('/api/v1/changes?order=desc&limit=500');
  const { changes } = await found.json();
  const undone = new Set(changes.map((c: { undoes: number | null }) => c.undoes));
  for (const { id, kind, batch, undoes } of changes) {
    if (ids.has(id) && kind === 'updated' && undoes === null && !undone.has(batch)) {
      await page.request.post(`/api/v1/batches/${batch}/undo`, { headers });
    }
  }
}
