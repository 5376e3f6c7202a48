// The queue: what was kept is sent in order, whole and once, whatever breaks on the way.
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ApiError } from '../src/api/client.ts';
import type { InspectionFeature } from '../src/api/field-types.ts';
import type { Problem } from '../src/api/types.ts';
import { uuidV7 } from '../src/domain/field/id.ts';
import type { KeptPhoto, KeptReport } from '../src/domain/field/report.ts';
import { Sender, type Line } from '../src/state/field/sender.ts';
import { FieldStore } from '../src/state/field/store.ts';

/** A server of two tables, with lines that can be cut at any request. */
class Office implements Line {
  signedIn: string | null = 'li';
  uploads = new Map<string, { bytes: number; of: number }>();
  reports: { id: string; body: string; key: string }[] = [];
  /** What was asked, in order. */
  asked: string[] = [];
  /** Called before each request; what it throws is the answer. */
  before: (what: string) => void = () => {};
  /** Called after the server did its part, before the answer is out. */
  after: (what: string) => void = () => {};
  readonly #piece = 4;

  async user(): Promise<string | null> {
    this.#step('session');
    return this.signedIn;
  }

  async upload(photo: Blob, how: Parameters<Line['upload']>[1]): Promise<string> {
    let { path } = how;
    if (path === null) {
      this.#step('create');
      path = `/api/v1/uploads/u${this.uploads.size + 1}`;
      this.uploads.set(path, { bytes: 0, of: photo.size });
      how.begun(path);
    } else this.#step('head');
    const there = this.uploads.get(path);
    if (!there) throw new ApiError(404, null);
    while (there.bytes < there.of) {
      this.#step('patch');
      there.bytes = Math.min(there.of, there.bytes + this.#piece);
      how.progress(there.bytes);
    }
    return path.split('/').at(-1)!;
  }

  async report(body: string, key: string): Promise<void> {
    this.#step('report');
    const known = this.reports.find((r) => r.key === key);
    if (known && known.body !== body) throw new ApiError(409, null);
    if (!known) this.reports.push({ id: JSON.parse(body).id, body, key });
    this.after('report');
  }

  async find(id: string): Promise<InspectionFeature> {
    this.#step('find');
    const found = this.reports.find((r) => r.id === id);
    if (!found) throw new ApiError(404, null);
    return { id, properties: JSON.parse(found.body) } as InspectionFeature;
  }

  #step(what: string): void {
    this.asked.push(what);
    this.before(what);
  }
}

const cut = () => {
  throw new ApiError(0, null);
};
const refuse = (field: string): never => {
  const violations = [{ field, detail: 'there is no such project', detail_zh: '没有这个项目' }];
  throw new ApiError(422, { type: 'about:blank', title: '', status: 422, detail: '', violations } as Problem);
};

let store: FieldStore;
let office: Office;
let names = 0;
let ids = 0;

beforeEach(async () => {
  store = await FieldStore.open(`queue-${(names += 1)}`);
  office = new Office();
});
afterEach(() => store.close());

function blank(project: string, photos: KeptPhoto[] = [], user = 'li'): KeptReport {
  ids += 1;
  return {
    id: uuidV7(ids, new Uint8Array(16).fill(ids)),
    user,
    user_name: user,
    project,
    project_name: { zh: project, en: project },
    observed_at: `2026-11-24T08:00:${String(ids % 60).padStart(2, '0')}Z`,
    stage: 'building',
    progress: 40,
    note: null,
    fix: null,
    confirmed: true,
    photos,
    state: 'waiting',
    body: null,
    refusal: null,
    healed: false,
    sent_at: null,
  };
}

async function keep(project: string, photos = 0, user = 'li'): Promise<KeptReport> {
  const blobs = new Map<string, Blob>();
  const kept = Array.from({ length: photos }, (_, i): KeptPhoto => {
    const id = `${project}-${(ids += 1)}-${i}`;
    blobs.set(id, new Blob([`photo ${id}`]));
    return { id, name: `${i}.jpg`, type: 'image/jpeg', bytes: blobs.get(id)!.size };
  });
  const report = blank(project, kept, user);
  const n = await store.keep(report, blobs, null);
  return { ...report, n };
}

const sender = (changed = () => {}) => new Sender(store, office, { progress: () => {}, changed }, () => 1000);
const states = async () => (await store.reports()).map((r) => `${r.project}:${r.state}`);
const landed = () => office.reports.map((r) => JSON.parse(r.body).project);

test('reports are sent in the order they were made, photos first', async () => {
  await keep('park', 2);
  await keep('road');
  expect(await sender().run()).toEqual({ is: 'done' });
  expect(landed()).toEqual(['park', 'road']);
  expect(JSON.parse(office.reports[0]!.body).photos).toEqual(['u1', 'u2']);
  expect(await states()).toEqual(['park:sent', 'road:sent']);
});

test('what is sent lets its photos go, and itself after a week', async () => {
  const { photos } = await keep('park', 1);
  await sender().run();
  expect(await store.photo(photos[0]!.id)).toBeUndefined();
  await store.tidy(1000 + 6 * 86_400_000);
  expect(await states()).toEqual(['park:sent']);
  await store.tidy(1000 + 8 * 86_400_000);
  expect(await states()).toEqual([]);
});

test('a cut in a photo goes on where it broke, after a restart too', async () => {
  const { photos } = await keep('park', 2);
  let patches = 0;
  office.before = (what) => what === 'patch' && (patches += 1) === 5 && cut();
  expect(await sender().run()).toEqual({ is: 'later', retry_s: null });
  expect(await states()).toEqual(['park:waiting']);
  expect(await store.uploadPath(photos[1]!.id)).toBe('/api/v1/uploads/u2');
  expect(await sender().run()).toEqual({ is: 'done' });
  expect(office.uploads.size).toBe(2);
  expect(office.asked.filter((a) => a === 'create').length).toBe(2);
  expect([...office.uploads.values()].every((u) => u.bytes === u.of)).toBe(true);
  expect(landed()).toEqual(['park']);
});

test.each(Array.from({ length: 30 }, (_, i) => i + 1))(
  'a cut at request %d ends in three reports, whole and in order',
  async (at) => {
    for (const name of ['a', 'b', 'c']) await keep(name, 2);
    let step = 0;
    office.before = () => (step += 1) === at && cut();
    office.after = () => step === at && cut();
    expect((await sender().run()).is).toBe(at <= step ? 'later' : 'done');
    await sender().run();
    expect(landed()).toEqual(['a', 'b', 'c']);
    expect(new Set(office.reports.flatMap((r) => JSON.parse(r.body).photos)).size).toBe(6);
    expect([...office.uploads.values()].every((u) => u.bytes === u.of)).toBe(true);
  },
);

test('a lost answer is asked for again with the same words under the same key', async () => {
  await keep('park', 1);
  const bodies: string[] = [];
  const real = office.report.bind(office);
  office.report = (body, key) => (bodies.push(`${key} ${body}`), real(body, key));
  let lost = false;
  office.after = () => {
    if (!lost) {
      lost = true;
      cut();
    }
  };
  await sender().run();
  await sender().run();
  expect(bodies.length).toBe(2);
  expect(bodies[0]).toBe(bodies[1]);
  expect(landed()).toEqual(['park']);
  expect(await states()).toEqual(['park:sent']);
});

test('a lost answer whose key the server has forgotten is found by its id', async () => {
  await keep('park');
  office.after = cut;
  await sender().run();
  office.after = () => {};
  office.before = (what) => {
    if (what === 'report') throw new ApiError(409, null);
  };
  await sender().run();
  expect(landed()).toEqual(['park']);
  expect(await states()).toEqual(['park:sent']);
});

test('another report of the same id is no excuse to lose this one', async () => {
  const report = await keep('park');
  office.reports.push({ id: report.id, key: 'other', body: JSON.stringify({ ...report, project: 'road' }) });
  office.before = (what) => {
    if (what === 'report') throw new ApiError(409, null);
  };
  await sender().run();
  expect(await states()).toEqual(['park:refused']);
});

test('a refused report is set aside with the reason, and the next goes on', async () => {
  await keep('gone', 1);
  await keep('road');
  let first = true;
  office.before = (what) => {
    if (what === 'report' && first) {
      first = false;
      refuse('project');
    }
  };
  expect(await sender().run()).toEqual({ is: 'done' });
  expect(await states()).toEqual(['gone:refused', 'road:sent']);
  const [gone] = await store.reports();
  expect(gone!.refusal!.faults).toEqual([{ field: 'project', zh: '没有这个项目', en: 'there is no such project' }]);
  expect(await store.photo(gone!.photos[0]!.id)).toBeDefined();
});

test('a refused report said anew is another report, keeps its photos and takes the old one’s place', async () => {
  const old = await keep('gone', 2);
  await store.settle({ ...old, state: 'refused', refusal: { status: 422, faults: [], photo: null } });
  const draft = {
    key: 'road',
    project: 'road',
    stage: 'building' as const,
    progress: 40,
    note: '',
    photos: [old.photos[1]!],
    instead_of: old.n!,
  };
  await store.putDraft(draft);
  const fresh = { ...blank('road', [old.photos[1]!]), observed_at: old.observed_at };
  await store.keep(fresh, new Map(), draft);
  expect(await states()).toEqual(['road:waiting']);
  expect(await store.photo(old.photos[0]!.id)).toBeUndefined();
  expect(await store.draft('road')).toBeUndefined();
  await sender().run();
  expect(landed()).toEqual(['road']);
  expect(office.reports[0]!.key).not.toBe(old.id);
});

test('an ended session keeps all waiting', async () => {
  await keep('park');
  office.before = (what) => {
    if (what === 'report') throw new ApiError(401, null);
  };
  expect(await sender().run()).toEqual({ is: 'sign_in' });
  office.signedIn = null;
  office.before = () => {};
  expect(await sender().run()).toEqual({ is: 'sign_in' });
  expect(await states()).toEqual(['park:waiting']);
});

test('what another user made waits for that user', async () => {
  await keep('park', 0, 'wang');
  await keep('road', 0, 'li');
  expect(await sender().run()).toEqual({ is: 'done' });
  expect(await states()).toEqual(['park:waiting', 'road:sent']);
  office.signedIn = 'wang';
  await sender().run();
  expect(landed()).toEqual(['road', 'park']);
});

test.each([500, 502, 503, 429, 0, 404])('after %d nothing is lost and nothing overtakes', async (status) => {
  await keep('park');
  await keep('road');
  let times = 0;
  office.before = (what) => {
    if (what === 'report' && (times += 1) === 1) throw new ApiError(status, null, 7);
  };
  expect((await sender().run()).is).toBe('later');
  expect(landed()).toEqual([]);
  await sender().run();
  expect(landed()).toEqual(['park', 'road']);
});

test('an upload that the server has no more begins anew', async () => {
  const { photos } = await keep('park', 1);
  await store.setUploadPath(photos[0]!.id, '/api/v1/uploads/long-gone');
  expect(await sender().run()).toEqual({ is: 'done' });
  expect(landed()).toEqual(['park']);
});

test('photos that the server lost after they were sent are sent anew, once', async () => {
  await keep('park', 1);
  office.before = (what) => what === 'report' && refuse('photos[0]');
  expect(await sender().run()).toEqual({ is: 'done' });
  expect(office.asked.filter((a) => a === 'report').length).toBe(2);
  expect(office.asked.filter((a) => a === 'create').length).toBe(2);
  expect(await states()).toEqual(['park:refused']);
});

test('a photo that is no photo refuses its report and names it', async () => {
  const { photos } = await keep('park', 2);
  await keep('road');
  let patches = 0;
  office.before = (what) => {
    if (what === 'patch' && (patches += 1) === 1) throw new ApiError(415, null);
  };
  expect(await sender().run()).toEqual({ is: 'done' });
  expect(await states()).toEqual(['park:refused', 'road:sent']);
  expect((await store.reports())[0]!.refusal!.photo).toBe(photos[0]!.id);
});

test('a report is kept with all its photos or not at all', async () => {
  const report = blank('park', [{ id: 'nowhere', name: 'a.jpg', type: 'image/jpeg', bytes: 4 }]);
  await expect(store.keep(report, new Map(), null)).rejects.toThrow('nowhere');
  expect(await store.reports()).toEqual([]);
});

test('photos of drafts and waiting reports are never tidied away', async () => {
  const waiting = await keep('park', 1);
  const photo = { id: 'draft-photo', name: 'a.jpg', type: 'image/jpeg', bytes: 1 };
  const draft = {
    key: 'road',
    project: 'road',
    stage: 'building' as const,
    progress: null,
    note: '',
    photos: [photo],
    instead_of: null,
  };
  await store.putDraft(draft, new Map([[photo.id, new Blob(['x'])]]));
  await store.tidy(Date.now());
  expect(await store.photo(waiting.photos[0]!.id)).toBeDefined();
  expect(await store.photo('draft-photo')).toBeDefined();
  await store.dropDraft('road');
  expect(await store.photo('draft-photo')).toBeUndefined();
});
