// The form: what is chosen is read and kept at once, a full device never takes what was written, and drafts come back.
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FieldKit, FieldProject } from '../src/api/field-types.ts';
import { ReportForm } from '../src/state/field/form.svelte.ts';
import type { FieldState } from '../src/state/field/field.svelte.ts';
import { FieldStore, type Draft } from '../src/state/field/store.ts';

const NOW = Date.parse('2026-11-24T08:00:00Z');
const JPEG = [0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1];

const project: FieldProject = {
  id: 'park',
  kind: 'park',
  name: { zh: '公园', en: 'Park' },
  aim: 'open',
  due: '2026-12-31',
  stage: 'building',
  next_stages: ['building', 'preparing', 'completed', 'suspended', 'cancelled'],
  progress: 40,
  light: {} as FieldProject['light'],
  reported: null,
  last_inspection: null,
  due_visit: true,
  mine: true,
  warden: null,
  patches: [],
  internal: false,
  simulated: false,
  places: [
    {
      collection: 'parks',
      id: 'p',
      name: { zh: '公园', en: 'Park' },
      position: 'surveyed',
      accuracy_m: 0,
      geometry: { type: 'Point', coordinates: [120.75, 30.75] },
    },
  ],
};

let store: FieldStore;
let names = 0;
let field: FieldState;
let closing: ReportForm[] = [];

beforeEach(async () => {
  store = await FieldStore.open(`form-${(names += 1)}`);
  const kit = { rule: { fix_limit_m: 50, reach_m: 100, visit_days: 30, accept_at_once: false } } as FieldKit;
  const fix = { lon: 120.75, lat: 30.75, accuracy_m: 8, source: 'device', at: NOW };
  field = {
    store,
    kit: { kit, projects: new Map([['park', project]]) },
    fix: { forReport: () => fix },
    session: { user: { name: 'li', display_name: '李', rights: ['report'] } },
    room: { look: async () => {} },
  } as unknown as FieldState;
  closing = [];
});
afterEach(async () => {
  for (const form of closing) await form.discard();
  store.close();
});

async function open(about = project): Promise<ReportForm> {
  const form = await ReportForm.open(field, about);
  closing.push(form);
  return form;
}

const file = (bytes: number[], name = 'IMG_1.jpg') => new File([Uint8Array.from(bytes)], name, { type: 'image/jpeg' });

test('the present stage and progress are there already, so that one press is enough', async () => {
  const form = await open();
  expect([form.stage, form.progress]).toEqual(['building', 40]);
  expect(form.doubts(NOW)).toEqual([]);
  expect(await form.keep(false, NOW)).toBe(true);
  const [report] = await store.reports();
  expect(report).toMatchObject({
    project: 'park',
    user: 'li',
    stage: 'building',
    progress: 40,
    note: null,
    observed_at: '2026-11-24T08:00:00.000Z',
    fix: { lon: 120.75, lat: 30.75, accuracy_m: 8, source: 'device' },
    confirmed: false,
    state: 'waiting',
    body: null,
  });
});

test('where nobody reported yet, the stage must be chosen', async () => {
  const form = await open({ ...project, stage: 'not_reported', next_stages: ['not_reported', 'planned', 'building'] });
  expect(form.stages).toEqual(['planned', 'building']);
  expect(await form.keep(false, NOW)).toBe(false);
  expect(form.fault).toBe('stage');
  form.setStage('building');
  expect(form.fault).toBeNull();
  expect(await form.keep(false, NOW)).toBe(true);
});

test('a finished stage says all of the progress, and going back forgets that', async () => {
  const form = await open();
  form.setStage('completed');
  expect(form.progress).toBe(100);
  form.setStage('building');
  expect(form.progress).toBe(40);
  form.setProgress(130);
  expect(form.progress).toBe(100);
  form.setProgress(Number.NaN);
  expect(form.progress).toBeNull();
});

test('a photo is read when it is chosen, and is kept with the draft', async () => {
  const form = await open();
  await form.addPhotos([file(JPEG), file([...JPEG, 1], 'IMG_2.jpg')]);
  form.note = '围挡已拆';
  form.changed();
  await new Promise((done) => setTimeout(done, 300));
  const again = await ReportForm.open(field, project);
  expect(again.wasDraft).toBe(true);
  expect(again.note).toBe('围挡已拆');
  expect(again.photos.map((p) => [p.name, p.type, p.bytes])).toEqual([
    ['IMG_1.jpg', 'image/jpeg', 12],
    ['IMG_2.jpg', 'image/jpeg', 13],
  ]);
  await again.keep(false, NOW);
  const [report] = await store.reports();
  const blob = await store.photo(report!.photos[1]!.id);
  expect([...new Uint8Array(await blob!.arrayBuffer())]).toEqual([...JPEG, 1]);
  expect(await store.draft('park')).toBeUndefined();
});

test('what is no photo, too many, or cannot be read is said and left out', async () => {
  const form = await open();
  await form.addPhotos([file([1, 2, 3])]);
  expect([form.fault, form.photos.length]).toEqual(['type', 0]);
  const gone = file(JPEG);
  gone.arrayBuffer = () => Promise.reject(new DOMException('gone', 'NotFoundError'));
  await form.addPhotos([gone]);
  expect([form.fault, form.photos.length]).toEqual(['unread', 0]);
  await form.addPhotos(Array.from({ length: 12 }, () => file(JPEG)));
  expect([form.fault, form.photos.length]).toEqual(['many', 10]);
});

test('a full device says so, keeps the form, and the report goes in when there is room', async () => {
  const form = await open();
  const full = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
  const [putDraft, keep] = [store.putDraft.bind(store), store.keep.bind(store)];
  store.putDraft = full;
  store.keep = full;
  await form.addPhotos([file(JPEG)]);
  expect([form.fault, form.photos.length]).toEqual(['full', 1]);
  expect(await form.keep(false, NOW)).toBe(false);
  expect([form.fault, form.photos.length]).toEqual(['full', 1]);
  expect(await store.reports()).toEqual([]);
  store.putDraft = putDraft as (draft: Draft, photos?: ReadonlyMap<string, Blob>) => Promise<void>;
  store.keep = keep;
  expect(await form.keep(false, NOW)).toBe(true);
  const [report] = await store.reports();
  expect(await store.photo(report!.photos[0]!.id)).toBeDefined();
});

test('a form that was only looked at leaves nothing behind', async () => {
  const form = await open();
  form.close();
  await new Promise((done) => setTimeout(done, 20));
  expect(await store.drafts()).toEqual([]);
});

test('a refused report comes back with all it said, and keeps when and where', async () => {
  const first = await open();
  await first.addPhotos([file(JPEG)]);
  await first.keep(true, NOW);
  const [kept] = await store.reports();
  await store.settle({ ...kept!, state: 'refused', refusal: { status: 422, faults: [], photo: null } });
  const [old] = await store.reports();
  const form = await ReportForm.again(field, old!);
  closing.push(form);
  expect(form.photos.length).toBe(1);
  const other = { ...project, id: 'school', next_stages: ['planned' as const], stage: 'planned' as const };
  form.choose(other);
  expect(form.stage).toBe('planned');
  expect(await form.keep(true, NOW + 3_600_000)).toBe(true);
  const [anew, ...more] = await store.reports();
  expect(more).toEqual([]);
  expect(anew).toMatchObject({ project: 'school', observed_at: old!.observed_at, fix: old!.fix, state: 'waiting' });
  expect(anew!.id).not.toBe(old!.id);
  expect(await store.photo(anew!.photos[0]!.id)).toBeDefined();
});
