// Two windows on one plan: what one changes the other shows, without a reload, marks it, and says when it hears nothing.
import { accessible, expect, painted, test } from './guatu.ts';
import { disable, editProject, signIn, signInAsNew } from './people.ts';

const PROJECT = 'mars';

test('a change in one window shows in the other, on row, card and map', async ({ page, browser, baseURL }) => {
  await page.goto(`/?tab=results&project=${PROJECT}`);
  await painted(page);
  await expect(page.getByText('实时', { exact: true })).toBeVisible();
  await page.evaluate(() => ((window as { kept?: boolean }).kept = true));
  const other = await (await browser.newContext({ baseURL })).newPage();
  await signIn(other, 'planner');
  const note = { zh: `第 ${Date.now()} 次现场会`, en: 'Meeting on site' };
  await editProject(other, PROJECT, { note });
  await expect(page.getByRole('region', { name: '详情' })).toContainText(note.zh);
  await expect(page.getByRole('list', { name: '项目列表' }).locator(`[data-project="${PROJECT}"]`)).toHaveClass(
    /fresh/,
  );
  await expect
    .poll(() => page.evaluate(() => window.__guatu!.map.getStyle().layers.some((l) => l.id.startsWith('pulse-'))))
    .toBe(true);
  await expect(page.getByRole('status').filter({ hasText: '玛氏技改' }).first()).toBeVisible();
  expect(await page.evaluate(() => (window as { kept?: boolean }).kept)).toBe(true);
  // The mark goes by itself.
  await expect
    .poll(() => page.evaluate(() => window.__guatu!.map.getStyle().layers.some((l) => l.id.startsWith('pulse-'))))
    .toBe(false);
  await accessible(page);
  await other.context().close();
});

test('who is shut out while the page is open is told, and reads on as anybody does', async ({
  page,
  browser,
  baseURL,
  watch,
}) => {
  watch.allow.push(/ERR_INCOMPLETE_CHUNKED_ENCODING|Failed to load resource/);
  const admin = await (await browser.newContext({ baseURL })).newPage();
  await signIn(admin, 'admin');
  const name = `leaver-${Date.now()}`;
  await signInAsNew(page, admin, name);
  await page.goto('/');
  await painted(page);
  await expect(page.getByText('实时', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name })).toBeVisible();
  await disable(admin, name);
  await expect(page.getByText('登录已过期。登录后接着做，刚才填的都还在。')).toBeVisible({ timeout: 20_000 });
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name })).toBeHidden();
  await expect(page.getByText('实时', { exact: true })).toBeVisible();
  await admin.context().close();
});

test('a lost connection is told, with since when, and so is its return', async ({ page, context, watch }) => {
  watch.allow.push(/ERR_INTERNET_DISCONNECTED|Failed to load resource/);
  await page.goto('/');
  await painted(page);
  await expect(page.getByText('实时', { exact: true })).toBeVisible();
  await context.setOffline(true);
  await expect(page.getByText(/与服务器的连接断了，\d{4}-\d{2}-\d{2} \d{2}:\d{2} 以后/)).toBeVisible();
  await accessible(page);
  await context.setOffline(false);
  await expect(page.getByText('连接已恢复，内容是最新的')).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText(/与服务器的连接断了/)).toBeHidden();
});

test('what did not arrive while the connection was lost is read when it is back', async ({ page, context, watch }) => {
  watch.allow.push(/ERR_INTERNET_DISCONNECTED|Failed to load resource|Failed to fetch/);
  await page.goto('/?tab=results');
  await painted(page);
  await expect(page.getByText('实时', { exact: true })).toBeVisible();
  await context.setOffline(true);
  await page.getByRole('list', { name: '项目列表' }).locator(`[data-project="${PROJECT}"]`).click();
  const card = page.getByRole('region', { name: '详情' });
  await expect(card.getByText('没有取到数据')).toBeVisible();
  await expect(page.getByText(/与服务器的连接断了/)).toBeVisible();
  await context.setOffline(false);
  await expect(card.getByText('计划出处')).toBeVisible({ timeout: 20_000 });
  await expect(card.getByText('没有取到数据')).toHaveCount(0);
});

test('a project that becomes internal leaves nothing behind on an open public map', async ({
  page,
  browser,
  baseURL,
  watch,
}) => {
  watch.allow.push(/404/);
  await page.goto('/?project=zuili-road');
  await painted(page);
  const outline = () => page.evaluate(() => 'error' in window.__guatu!.map.getStyle().sources);
  await expect.poll(outline).toBe(true);
  const other = await (await browser.newContext({ baseURL })).newPage();
  await signIn(other, 'planner');
  await editProject(other, 'zuili-road', { visibility: 'internal' });
  try {
    const card = page.getByRole('region', { name: '详情' });
    await expect(card.getByRole('heading', { name: '没有这个项目' })).toBeVisible();
    await expect.poll(outline).toBe(false);
    await other.goto('/?project=zuili-road');
    await expect(other.getByText('登录的人才能看')).toBeVisible();
  } finally {
    await editProject(other, 'zuili-road', { visibility: 'public' });
    await other.context().close();
  }
});

test('a map left open past midnight takes the server’s new day', async ({ page, watch }) => {
  watch.allow.push(/ERR_ABORTED/);
  const settings = await (await page.request.get('/api/v1/settings')).json();
  const day = settings.today as string;
  const before = new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
  await page.clock.install({ time: new Date('2026-11-24T15:50:00Z') });
  // What was read yesterday says so; the stream is silent until midnight, as one that was opened yesterday.
  let isYesterday = true;
  await page.route('**/api/v1/settings', (route) =>
    route.fulfill({ json: { ...settings, ...(isYesterday && { today: before }) } }),
  );
  const streams: string[] = [];
  await page.route('**/api/v1/events*', (route) => {
    streams.push(route.request().url());
    return isYesterday ? undefined : route.continue();
  });
  await page.goto('/');
  await expect.poll(() => streams.length).toBe(1);
  isYesterday = false;
  await page.clock.fastForward('10:30');
  await expect(page.getByText(`新的一天：${day}，内容已更新`)).toBeVisible();
  expect(streams.length).toBe(2);
});
