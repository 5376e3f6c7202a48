// A phone whose battery dies: the browser is killed, by its own pid, right after it said "kept", and in the middle of sending.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, expect, test, type Page } from '@playwright/test';
import { Line, Office } from './field-office.ts';
import { HERE, addPhotos, installed, item, row, signInAt, takePhotos } from './field-phone.ts';
import { PHONE } from './guatu.ts';
import { PASSWORD } from './people.ts';

/** A browser of our own, so that there is a process to kill. */
async function browse(folder: string, url: string): Promise<{ page: Page; die: () => Promise<void> }> {
  const { executablePath, args } = test.info().project.use.launchOptions!;
  const more = [
    '--headless=new',
    '--lang=zh-CN',
    '--touch-events=enabled',
    '--remote-debugging-port=0',
    `--user-data-dir=${folder}`,
    'about:blank',
  ];
  const process: ChildProcess = spawn(executablePath!, [...args!, ...more], { stdio: ['ignore', 'ignore', 'pipe'] });
  const address = await new Promise<string>((done, fail) => {
    createInterface({ input: process.stderr! }).on('line', (line) => {
      const at = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
      if (at) done(at);
    });
    process.once('exit', () => fail(new Error('the browser did not start')));
  });
  const browser = await chromium.connectOverCDP(address);
  const context = browser.contexts()[0]!;
  await context.grantPermissions(['geolocation'], { origin: url });
  await context.setGeolocation(HERE);
  const page = context.pages()[0] ?? (await context.newPage());
  await page.setViewportSize(PHONE);
  async function die(): Promise<void> {
    if (process.exitCode !== null || process.signalCode !== null) return;
    const ended = new Promise((done) => process.once('exit', done));
    process.kill('SIGKILL');
    await ended;
    await browser.close().catch(() => undefined);
  }
  return { page, die };
}

/** Opens the list of reports. A browser that was killed may have forgotten who was signed in; then one signs in again. */
async function comeBack(page: Page, url: string): Promise<void> {
  const heard = page.waitForResponse((r) => r.url().endsWith('/api/v1/session') && r.request().method() === 'GET');
  await page.goto(`${url}/field/reports`);
  const { user } = await (await heard).json();
  if (user !== null) return;
  await page.getByText('登录已过期，登录后继续发送。').waitFor();
  await page.getByRole('button', { name: '登录' }).click();
  const sheet = page.getByRole('dialog', { name: '登录' });
  await sheet.getByLabel('密码').fill(PASSWORD);
  await sheet.getByRole('button', { name: '登录' }).click();
}

let office: Office;
let line: Line;
let folder: string;
let phone: Awaited<ReturnType<typeof browse>>;

test.beforeEach(async () => {
  office = await Office.open();
  line = await Line.to(office);
  folder = await mkdtemp(join(tmpdir(), 'guatu-crash-'));
  phone = await browse(folder, line.url);
});
test.afterEach(async () => {
  await phone.die();
  await line.close();
  await office.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
});

test('what was kept is there after the browser was killed, and is sent once and whole', async () => {
  test.setTimeout(90_000);
  await phone.page.goto(`${line.url}/field`);
  await phone.page.getByRole('button', { name: '切换到中文' }).click();
  await signInAt(phone.page, 'li');
  await installed(phone.page);
  const shots = await takePhotos(phone.page, 2);
  const project = await phone.page
    .locator('a[data-project]')
    .first()
    .evaluate((r: HTMLElement) => r.dataset['project']!);
  line.cut();
  await row(phone.page, project).click();
  await phone.page.getByRole('radio', { name: '在建' }).check();
  await addPhotos(phone.page, shots);
  await phone.page.getByRole('button', { name: '上报', exact: true }).click();
  await phone.page.getByRole('navigation', { name: '页面' }).waitFor();
  await phone.die();

  line.mend();
  let halfWay = false;
  void line.after(1_000_000, () => (halfWay = true));
  phone = await browse(folder, line.url);
  await comeBack(phone.page, line.url);
  await expect(item(phone.page, project)).toBeVisible();
  await expect.poll(() => halfWay, { timeout: 20_000, intervals: [20] }).toBe(true);
  await phone.die();

  phone = await browse(folder, line.url);
  await comeBack(phone.page, line.url);
  await expect(item(phone.page, project)).toHaveAttribute('data-state', 'sent', { timeout: 40_000 });
  const desk = await office.as('planner');
  const { features } = await (await desk.get('/api/v1/inspections')).json();
  expect(features.length).toBe(1);
  expect(features[0].properties.photos.map((p: { sha256: string }) => p.sha256)).toEqual(shots.map((s) => s.sha256));
  await desk.dispose();
});
