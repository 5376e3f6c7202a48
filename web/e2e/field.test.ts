// Nothing is ever lost: reports that were made without a network reach the office once, whole and in order, through closed
// browsers, cut lines and a server that is killed. What the office refuses is kept and can be said anew.
import { createHash } from 'node:crypto';
import { expect, test, type APIRequestContext, type Page } from '@playwright/test';
import { accessible } from './guatu.ts';
import { Line, Office } from './field-office.ts';
import { Phone, addPhotos, installed, item, keep, row, takePhotos, type Shot } from './field-phone.ts';

let office: Office;
let line: Line;
let phone: Phone;

test.beforeEach(async () => {
  office = await Office.open();
  line = await Line.to(office);
  phone = await Phone.at(line.url);
});
test.afterEach(async () => {
  await phone.throwAway();
  await line.close();
  await office.close();
});

interface Landed {
  id: string;
  properties: { project: string; received_at: string; note: string | null; photos: { id: string; sha256: string }[] };
}

/** What the office has, in the order in which it came. */
async function landed(desk: APIRequestContext): Promise<Landed[]> {
  const page = await (await desk.get('/api/v1/inspections?limit=100')).json();
  const all = page.features as Landed[];
  return all.sort((a, b) => Date.parse(a.properties.received_at) - Date.parse(b.properties.received_at));
}

/** Each report is there once, in order, and each photo byte for byte. */
async function expectAll(expected: { project: string; shots: Shot[] }[]): Promise<void> {
  const desk = await office.as('planner');
  const there = await landed(desk);
  expect(there.map((r) => r.properties.project)).toEqual(expected.map((e) => e.project));
  for (const [i, { shots }] of expected.entries()) {
    const { photos } = there[i]!.properties;
    expect(photos.map((p) => p.sha256)).toEqual(shots.map((s) => s.sha256));
    for (const [j, { id }] of photos.entries()) {
      const original = await (await desk.get(`/api/v1/photos/${id}?size=original`)).body();
      expect(createHash('sha256').update(original).digest('hex')).toBe(shots[j]!.sha256);
    }
  }
  await desk.dispose();
}

async function offline(is: boolean): Promise<void> {
  if (is) line.cut();
  else line.mend();
  await phone.context.setOffline(is);
}

/** Three reports with two photos each, made without a network. */
async function threeReports(): Promise<{ project: string; shots: Shot[] }[]> {
  const all = await phone.page.locator('a[data-project]').evaluateAll((rows) => rows.map((r) => r.dataset['project']!));
  const shots = await takePhotos(phone.page, 6);
  const reports = all.slice(0, 3).map((project, i) => ({ project, shots: shots.slice(i * 2, i * 2 + 2) }));
  await offline(true);
  await expect(phone.page.getByText('没有网络。上报存在手机里')).toBeVisible();
  for (const { project, shots } of reports)
    await phone.report(project, shots, { progress: 1, note: `看过 ${project}` });
  await phone.page.getByRole('link', { name: /^上报/ }).tap();
  await expect(phone.page.locator('[data-state="waiting"]')).toHaveCount(3);
  return reports;
}

const sent = (page: Page) => page.locator('[data-state="sent"]');

test('three reports survive a closed browser and a line that is cut in the middle of a photo', async () => {
  test.setTimeout(150_000);
  await phone.signIn('li');
  const reports = await threeReports();
  await accessible(phone.page);

  await phone.shut();
  await phone.open({ offline: true });
  await phone.page.goto('/field/reports');
  await expect(phone.page.locator('[data-state="waiting"]')).toHaveCount(3);
  await expect(phone.page.getByRole('link', { name: /^上报.*3 条没发出/ })).toBeVisible();

  const begun: string[] = [];
  phone.page.on('request', (r) => r.method() === 'POST' && r.url().endsWith('/api/v1/uploads') && begun.push(r.url()));
  // The first photo weighs more than a megabyte: the cut is in its middle.
  const cut = line.after(1_000_000, () => line.cut());
  await offline(false);
  await cut;
  await expect(phone.page.getByText('等网络').first()).toBeVisible();
  const desk = await office.as('planner');
  expect((await landed(desk)).length).toBeLessThan(3);
  await desk.dispose();

  line.mend();
  await phone.page.getByRole('button', { name: '现在发送' }).tap();
  await expect(sent(phone.page)).toHaveCount(3, { timeout: 60_000 });
  await expectAll(reports);
  // The photo that was cut went on where it broke: each was begun once.
  expect(begun.length).toBe(6);
  // Nothing more comes after: neither a second report nor a photo that nobody waits for.
  await phone.page.reload();
  await expect(sent(phone.page)).toHaveCount(3);
  await expectAll(reports);
});

test('three reports survive a server that is killed in the middle and comes back', async () => {
  test.setTimeout(150_000);
  await phone.signIn('li');
  const reports = await threeReports();
  // In the second report's photos: one has landed, one is on its way, one waits.
  const weight = reports[0]!.shots.reduce((sum, s) => sum + s.buffer.length, 0);
  let killed: Promise<void> | undefined;
  const reached = line.after(weight + 900_000, () => (killed = office.kill()));
  await offline(false);
  await reached;
  await killed;
  await expect(phone.page.getByText('等网络').first()).toBeVisible();
  await phone.shut();

  await office.start();
  await phone.open();
  await phone.page.goto('/field/reports');
  await expect(sent(phone.page)).toHaveCount(3, { timeout: 60_000 });
  await expectAll(reports);
});

test('the app sends by itself when the network is back, without a touch', async () => {
  await phone.signIn('li');
  await offline(true);
  await phone.report((await first(phone.page))!, []);
  await offline(false);
  await phone.page.getByRole('link', { name: /^上报/ }).tap();
  await expect(sent(phone.page)).toHaveCount(1, { timeout: 30_000 });
});

async function first(page: Page): Promise<string | undefined> {
  return page
    .locator('a[data-project]')
    .first()
    .evaluate((r: HTMLElement) => r.dataset['project']);
}

test('a report on a project that is gone is kept, explained, and given to another', async () => {
  test.setTimeout(90_000);
  const desk = await office.as('planner');
  const plan = await (await desk.get('/api/v1/field')).json();
  const section = (await (await desk.get(`/api/v1/plans/${plan.plan.id}`)).json()).sections[0].id;
  const made = await desk.post('/api/v1/projects', {
    data: {
      id: 'short-lived',
      name: { zh: '短命项目', en: 'Short-lived project' },
      kind: 'park',
      section,
      item: 1,
      aim: 'open',
      due: plan.plan.due,
      stage: 'building',
      progress: 10,
    },
  });
  expect(made.status(), await made.text()).toBe(201);
  await phone.signIn('li');
  const shots = await takePhotos(phone.page, 1, 500);
  await offline(true);
  await phone.report('short-lived', shots, { note: '围挡已拆' });
  const gone = await desk.delete('/api/v1/projects/short-lived', { headers: { 'if-match': '*' } });
  expect(gone.status()).toBe(204);
  await offline(false);

  await phone.page.getByRole('link', { name: /^上报/ }).tap();
  const refused = item(phone.page, 'short-lived');
  await expect(refused).toHaveAttribute('data-state', 'refused', { timeout: 30_000 });
  await expect(refused.getByText('计划里已没有“短命项目”。可以改报给另一个项目。')).toBeVisible();
  await accessible(phone.page);
  await refused.getByRole('link', { name: '改一下再报' }).tap();
  await expect(phone.page.getByRole('heading', { name: '改一下再报' })).toBeVisible();
  const other = await phone.page.getByLabel('报给哪个项目').evaluate((s: HTMLSelectElement) => s.options[1]!.value);
  await phone.page.getByLabel('报给哪个项目').selectOption(other);
  await expect(phone.page.getByLabel('备注')).toHaveValue('围挡已拆');
  await expect(phone.page.getByRole('img', { name: '照片 1' })).toBeVisible();
  await accessible(phone.page);
  await keep(phone.page);
  await expect(item(phone.page, other)).toHaveAttribute('data-state', 'sent', { timeout: 30_000 });
  await expect(item(phone.page, 'short-lived')).toHaveCount(0);
  await expectAll([{ project: other, shots }]);
  await desk.dispose();
});

test('who reported learns what the planners made of it, and reports anew', async () => {
  await phone.signIn('li');
  const project = (await first(phone.page))!;
  await phone.report(project, []);
  await phone.page.getByRole('link', { name: /^上报/ }).tap();
  await expect(item(phone.page, project)).toHaveAttribute('data-state', 'sent', { timeout: 30_000 });
  const desk = await office.as('planner');
  const { id } = (await landed(desk))[0]!;
  const rejected = await desk.post(`/api/v1/inspections/${id}/reject`, { data: { reason: '看不清围挡' } });
  expect(rejected.status(), await rejected.text()).toBe(200);
  await desk.dispose();
  await phone.page.reload();
  await expect(item(phone.page, project).getByText('被退回：看不清围挡')).toBeVisible();
  await accessible(phone.page);
  await item(phone.page, project).getByRole('link', { name: '再报一份' }).tap();
  await expect(phone.page).toHaveURL(new RegExp(`/field/report/${project}$`));
});

test('what was begun on a project that is gone since is still there, for another one', async () => {
  const desk = await office.as('planner');
  const plan = await (await desk.get('/api/v1/field')).json();
  const section = (await (await desk.get(`/api/v1/plans/${plan.plan.id}`)).json()).sections[0].id;
  const name = { zh: '短命项目', en: 'Short-lived project' };
  const made = await desk.post('/api/v1/projects', {
    data: {
      id: 'short-lived',
      name,
      kind: 'park',
      section,
      item: 1,
      aim: 'open',
      due: plan.plan.due,
      stage: 'building',
    },
  });
  expect(made.status(), await made.text()).toBe(201);
  await phone.signIn('li');
  await phone.page.goto('/field/report/short-lived');
  await phone.page.getByLabel('备注').fill('围挡已拆');
  await phone.page.waitForTimeout(600);
  const gone = await desk.delete('/api/v1/projects/short-lived', { headers: { 'if-match': '*' } });
  expect(gone.status()).toBe(204);
  await phone.page.reload();
  await expect(phone.page.getByText('计划里已没有这个项目。写好的都还在')).toBeVisible({ timeout: 20_000 });
  const other = await phone.page.getByLabel('报给哪个项目').evaluate((s: HTMLSelectElement) => s.options[1]!.value);
  await phone.page.getByLabel('报给哪个项目').selectOption(other);
  await expect(phone.page.getByLabel('备注')).toHaveValue('围挡已拆');
  await accessible(phone.page);
  await desk.dispose();
});

test('a report waits for its maker when the session ends or somebody else signs in', async () => {
  test.setTimeout(90_000);
  await phone.signIn('li');
  const project = (await first(phone.page))!;
  await offline(true);
  await phone.report(project, []);
  await phone.context.clearCookies();
  await offline(false);
  await expect(phone.page.getByText('登录已过期，登录后继续发送。')).toBeVisible({ timeout: 30_000 });
  await phone.page.getByRole('link', { name: /^上报/ }).tap();
  await expect(item(phone.page, project).getByText('登录后发送')).toBeVisible();
  await phone.page.getByRole('button', { name: '登录' }).tap();
  const sheet = phone.page.getByRole('dialog', { name: '登录' });
  await accessible(phone.page);
  await sheet.getByLabel('用户名').fill('wang');
  await sheet.getByLabel('密码').fill('correct horse battery');
  await sheet.getByRole('button', { name: '登录' }).tap();
  await expect(item(phone.page, project).getByText('等li登录')).toBeVisible();

  const cookies = await office.as('li');
  await phone.context.addCookies((await cookies.storageState()).cookies);
  await phone.page.reload();
  await expect(item(phone.page, project)).toHaveAttribute('data-state', 'sent', { timeout: 30_000 });
  const desk = await office.as('planner');
  expect((await landed(desk)).length).toBe(1);
  await Promise.all([desk.dispose(), cookies.dispose()]);
});

test('a draft survives a reload, with its photos, and two windows send once', async () => {
  test.setTimeout(90_000);
  await phone.signIn('li');
  const { page, context } = phone;
  const project = (await first(page))!;
  const shots = await takePhotos(page, 2, 900);
  await row(page, project).tap();
  await page.getByRole('radio', { name: '在建' }).check();
  await page.getByLabel('备注').fill('还在写');
  await addPhotos(page, shots);
  await page.waitForTimeout(600);
  await page.reload();
  await expect(page.getByText('接着上次没写完的')).toBeVisible();
  await expect(page.getByLabel('备注')).toHaveValue('还在写');
  await expect(page.getByRole('img', { name: /^照片/ })).toHaveCount(2);
  await offline(true);
  await keep(page);
  const other = await context.newPage();
  await other.goto('/field/reports');
  await expect(item(other, project)).toHaveAttribute('data-state', 'waiting');
  await offline(false);
  await expect(item(other, project)).toHaveAttribute('data-state', 'sent', { timeout: 30_000 });
  await expectAll([{ project, shots }]);
});

/** In the page: whether all of the map was taken along. */
function takenAlong(): Promise<boolean> {
  return new Promise((done) => {
    const opening = indexedDB.open('guatu-field');
    opening.onsuccess = () => {
      const asked = opening.result.transaction('kept').objectStore('kept').get('tiles');
      asked.onsuccess = () => {
        opening.result.close();
        done(asked.result !== undefined);
      };
    };
  });
}

test('the shell and the map open without a network', async () => {
  test.setTimeout(120_000);
  await phone.signIn('li');
  const { page } = phone;
  // The district's tiles are taken along in the background.
  await expect
    .poll(() => page.evaluate(async () => (await (await caches.open('guatu-field-ground-tiles')).keys()).length), {
      timeout: 60_000,
    })
    .toBeGreaterThan(100);
  await expect.poll(() => page.evaluate(takenAlong), { timeout: 60_000 }).toBe(true);
  await phone.shut();
  line.cut();
  await phone.open({ offline: true });
  await phone.page.goto('/field/map');
  await installed(phone.page);
  await phone.page.waitForFunction(() => window.__guatu?.paintedAt, null, { timeout: 30_000 });
  await expect
    .poll(() =>
      phone.page.evaluate(() => {
        const drawn = window.__guatu!.map.queryRenderedFeatures();
        return ['plan', 'context', 'me'].filter((source) => drawn.some((f) => f.source === source));
      }),
    )
    .toEqual(['plan', 'context', 'me']);
  await accessible(phone.page);
});
