// Reports from the field: decided by planners one by one and together, read by staff, and shown to all as evidence.
import type { Page } from '@playwright/test';
import { accessible, expect, painted, PHONE, test } from './guatu.ts';
import { signIn, signOut } from './people.ts';
import { photo, report, reportsOf, takeBack } from './reporting.ts';

test.describe.configure({ mode: 'serial' });

/** Without a stage of its own, so that any can be reported; and one that is being built, which cannot jump to use. */
const [ROAD, PLANT, HOTEL] = ['shuangxi-road', 'keboda', 'shimao-hotel'] as const;
const ALL = [ROAD, PLANT, HOTEL];
const list = (page: Page) => page.getByRole('list', { name: '报告列表' });
const row = (page: Page, name: string, text = '') =>
  list(page).getByRole('article', { name }).filter({ hasText: text });
const notice = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text });
const project = async (page: Page, id: string) => (await page.request.get(`/api/v1/projects/${id}`)).json();

/** The middle of where a project is. */
async function middle(page: Page, id: string): Promise<[number, number]> {
  const [w, s, e, n] = (await project(page, id)).bbox;
  return [(w + e) / 2, (s + n) / 2];
}

test('who is not signed in is asked to, and reads no reports', async ({ page }) => {
  await page.goto('/reports');
  await expect(page.getByText('请先登录')).toBeVisible();
  await accessible(page);
});

test('a report waits, and staff who do not decide read it without buttons', async ({ page }) => {
  await signIn(page, 'inspector');
  await page.goto('/reports');
  await expect(page.getByText('没有待定的报告')).toBeVisible();
  await accessible(page);
  const at = await middle(page, ROAD);
  const photos = [await photo(page), await photo(page)];
  await report(page, { project: ROAD, stage: 'building', progress: 40, note: '路基完成', at, photos, minutes: 20 });
  await page.getByRole('button', { name: '全部', exact: false }).first().click();
  const first = row(page, '双溪路');
  await expect(first).toContainText('路基完成');
  await expect(first).toContainText('待定');
  await expect(first).toContainText('定位误差 8 m');
  await expect(page.getByText('采纳或退回由计划角色的同事来做。')).toBeVisible();
  await expect(page.getByRole('button', { name: /^采纳|^退回/ })).toHaveCount(0);
  await page.getByRole('button', { name: /账户/ }).click();
  await expect(page.getByRole('link', { name: '现场', exact: true })).toHaveAttribute('href', '/field');
  await signIn(page, 'viewer');
  await page.goto('/reports');
  await expect(row(page, '双溪路')).toBeVisible();
  await expect(page.getByRole('checkbox')).toHaveCount(0);
});

test('photos are looked at large, by keys, and the original is at hand', async ({ page }) => {
  await signIn(page, 'planner');
  await page.goto('/reports');
  await row(page, '双溪路').getByRole('button', { name: '放大照片 1，共 2 张' }).click();
  const view = page.getByRole('dialog', { name: /双溪路/ });
  await expect(view.getByText('照片 1，共 2 张')).toBeVisible();
  await expect
    .poll(() => view.getByRole('img').evaluate((img: HTMLImageElement) => img.complete && img.naturalWidth))
    .toBe(640);
  await page.keyboard.press('ArrowRight');
  await expect(view.getByText('照片 2，共 2 张')).toBeVisible();
  await expect(view.getByRole('link', { name: /原图/ })).toHaveAttribute('href', /size=original/);
  await accessible(page);
  await page.keyboard.press('Escape');
  await expect(view).toHaveCount(0);
  await expect(row(page, '双溪路').getByRole('button', { name: '放大照片 2，共 2 张' })).toBeFocused();
});

test('a planner is told how many wait, accepts one with one press, and takes that back', async ({ page }) => {
  await signIn(page, 'planner');
  const before = await project(page, ROAD);
  await page.goto('/');
  await page.getByRole('button', { name: /账户.*1 份待定/ }).click();
  await page.getByRole('button', { name: /现场报告.*1 份待定/ }).click();
  await expect(page).toHaveURL(/\/reports/);
  const first = row(page, '双溪路');
  await expect(first).toContainText(/阶段.*→.*在建/);
  await expect(first).toContainText(/进度.*→.*40%/);
  await accessible(page);
  await first.getByRole('button', { name: /^采纳/ }).click();
  await expect(notice(page, '已采纳：双溪路')).toBeVisible();
  await expect(page.getByText('没有待定的报告')).toBeVisible();
  expect(await project(page, ROAD)).toMatchObject({ stage: 'building', progress: 40 });
  await notice(page, '已采纳').getByRole('button', { name: '撤销' }).click();
  await expect(notice(page, '报告重新待定')).toBeVisible();
  await expect(row(page, '双溪路')).toBeVisible();
  const { stage, progress } = await project(page, ROAD);
  expect({ stage, progress }).toEqual({ stage: before.stage, progress: before.progress });
});

test('rejecting asks why, and the reason stands with the report and in the log', async ({ page }) => {
  await signIn(page, 'inspector');
  const at = await middle(page, ROAD);
  await report(page, { project: ROAD, stage: 'building', progress: 90, at: [at[0] + 0.1, at[1]], minutes: 10 });
  await signIn(page, 'planner');
  await page.goto(`/reports?of=${ROAD}`);
  const far = row(page, '双溪路', '90%');
  await expect(far).toContainText('离项目远');
  await expect(far).toContainText(/距项目 \d/);
  await far.getByRole('button', { name: /^退回/ }).click();
  await expect(far.getByLabel('为什么退回')).toBeFocused();
  await far.getByRole('button', { name: '退回', exact: true }).click();
  await expect(far.getByText('请写明原因')).toBeVisible();
  await accessible(page);
  await far.getByLabel('为什么退回').fill('不在工地上');
  await far.getByRole('button', { name: '退回', exact: true }).click();
  await expect(notice(page, '已退回：双溪路')).toBeVisible();
  await expect(far).toHaveCount(0);
  await page.getByRole('button', { name: /^已退回/ }).click();
  await expect(page).toHaveURL(/state=rejected/);
  await expect(row(page, '双溪路')).toContainText('退回原因：不在工地上');
  await page.goto('/audit');
  const entry = page.getByRole('list', { name: '变更列表' }).getByRole('article').first();
  await expect(entry).toContainText('现场报告');
  await expect(entry).toContainText('处理 待定 → 已退回：不在工地上');
});

test('those without marks are accepted together; of those that are picked, the one that is refused says why', async ({
  page,
  watch,
}) => {
  watch.allow.push(/422/);
  await signIn(page, 'planner');
  // What is being built cannot be in use by one report.
  const stage = (await project(page, HOTEL)).stage;
  expect(stage).toBe('building');
  await signIn(page, 'inspector');
  const at = await middle(page, PLANT);
  const hotel = await middle(page, HOTEL);
  await report(page, { project: PLANT, stage: 'building', progress: 20, at, minutes: 60 });
  await report(page, { project: PLANT, stage: 'building', progress: 30, at, minutes: 30 });
  await report(page, { project: HOTEL, stage: 'in_use', progress: 100, at: hotel, minutes: 15 });
  await signIn(page, 'planner');
  await page.goto('/reports');
  await expect(page.getByRole('button', { name: '采纳无疑点的 4 份' })).toBeVisible();
  await page.getByRole('button', { name: '全选' }).click();
  await row(page, '双溪路').locator('xpath=..').getByRole('checkbox').uncheck();
  await expect(page.getByText('已选 3 份')).toBeVisible();
  await accessible(page);
  await page.getByRole('button', { name: '采纳所选' }).click();
  await expect(notice(page, '已采纳 2 份')).toBeVisible();
  await expect(page.getByRole('alert').filter({ hasText: '有 1 份没有采纳' })).toBeVisible();
  await expect(row(page, '世茂酒店').getByRole('alert')).toContainText(/投用/);
  await expect(row(page, '科博达技改')).toHaveCount(0);
  await accessible(page);
  // Each landed by itself, the older first: the later one tells.
  expect(await project(page, PLANT)).toMatchObject({ stage: 'building', progress: 30 });
  await notice(page, '已采纳 2 份').getByRole('button', { name: '撤销' }).click();
  await expect(notice(page, '报告重新待定')).toBeVisible();
  expect((await project(page, PLANT)).stage).toBe('not_reported');
  const states = (await reportsOf(page, [PLANT])).map(({ properties }) => properties.state);
  expect(states).toEqual(['pending', 'pending']);

  await page.getByRole('button', { name: /English/ }).click();
  await page.getByRole('button', { name: /^Accept: Shimao hotel/ }).click();
  await expect(page.getByRole('article', { name: /Shimao hotel/ }).getByRole('alert')).toContainText(/in_use|in use/i);
});

test('a report that a later one overtook is kept, and says that it changed nothing', async ({ page }) => {
  await signIn(page, 'planner');
  await page.goto(`/reports?of=${PLANT}`);
  await row(page, '科博达技改', '30%').getByRole('button', { name: /^采纳/ }).click();
  await expect(notice(page, '已采纳：科博达技改')).toBeVisible();
  await row(page, '科博达技改', '20%').getByRole('button', { name: /^采纳/ }).click();
  await expect(notice(page, '有更晚的报告，项目没有改')).toBeVisible();
  expect((await project(page, PLANT)).progress).toBe(30);
  await page.getByRole('button', { name: /^已采纳/ }).click();
  await expect(row(page, '科博达技改', '20%')).toContainText('有更晚的报告，项目未因这份而改。');
});

test('another’s report and another’s decision show without asking', async ({ page, browser, baseURL }) => {
  await signIn(page, 'planner');
  await page.goto(`/reports?of=${HOTEL}`);
  await expect(list(page).getByRole('article')).toHaveCount(1);
  const other = await (await browser.newContext({ baseURL: baseURL! })).newPage();
  await signIn(other, 'inspector');
  const id = await report(other, { project: HOTEL, stage: 'building', progress: 55, minutes: 2 });
  await expect(list(page).getByRole('article')).toHaveCount(2);
  await expect(row(page, '世茂酒店', '55%')).toContainText('没有设备定位');
  await signIn(other, 'lead');
  const headers = { 'sec-fetch-site': 'same-origin' };
  await other.request.post(`/api/v1/inspections/${id}/reject`, { headers, data: { reason: '没有位置' } });
  await expect(list(page).getByRole('article')).toHaveCount(1);
  await other.context().close();
});

test('the card of a project shows its reports, in step with their numbers on the map', async ({ page }) => {
  await signIn(page, 'planner');
  await page.goto(`/?project=${ROAD}`);
  await painted(page);
  const evidence = page.getByRole('region', { name: '现场', exact: true });
  await expect(evidence.getByRole('listitem').filter({ hasText: '路基完成' })).toContainText('inspector');
  await page.getByRole('link', { name: /1 份现场报告待定/ }).click();
  await expect(page).toHaveURL(new RegExp(`/reports.*of=${ROAD}`));
  await row(page, '双溪路').getByRole('button', { name: /^采纳/ }).click();
  await expect(notice(page, '已采纳：双溪路')).toBeVisible();
  await page.goto(`/?project=${ROAD}`);
  await painted(page);
  await expect(page.getByText(/现场核实于 \d{4}-/)).toBeVisible();
  const entry = evidence.locator('[data-report]').filter({ hasText: '路基完成' });
  const n = await entry.getByRole('button', { name: /地图上的/ }).innerText();
  await entry.getByRole('button', { name: /地图上的/ }).click();
  const spot = () =>
    page.evaluate((number) => {
      const { map } = window.__guatu!;
      if (map.isMoving()) return null;
      const found = map.queryRenderedFeatures({ layers: ['evidence-point'] });
      const one = found.find((f) => String(f.properties['n']) === number);
      if (!one || one.geometry.type !== 'Point') return null;
      const p = map.project(one.geometry.coordinates as [number, number]);
      const { left, top } = map.getContainer().getBoundingClientRect();
      return { x: left + p.x, y: top + p.y };
    }, n);
  await expect.poll(spot).not.toBeNull();
  const at = (await spot())!;
  await entry.hover();
  await expect(entry).toHaveClass(/lit/);
  await accessible(page);
  await page.mouse.move(at.x, at.y);
  await expect(page.locator('.pane img')).toBeVisible();
  await expect(entry).toHaveClass(/lit/);
  await page.mouse.click(at.x, at.y);
  await expect(entry.getByRole('button', { name: /地图上的/ })).toBeFocused();
});

test('the public sees what was accepted: the day, the stage and the photos, and no names', async ({ page }) => {
  await signOut(page);
  await page.goto(`/?project=${ROAD}`);
  const evidence = page.getByRole('region', { name: '现场', exact: true });
  const entries = evidence.locator('[data-report]');
  await expect(entries).toHaveCount(1);
  await expect(entries.first()).toContainText('在建');
  await expect(entries.first()).toContainText('40%');
  await expect(entries.first()).toContainText(/^\s*\d{4}-\d\d-\d\d(?! \d)/);
  await expect(evidence).not.toContainText(/inspector|巡查员|路基完成|定位|已采纳/);
  await entries.first().getByRole('button', { name: '放大照片 1，共 2 张' }).click();
  const view = page.getByRole('dialog', { name: /双溪路/ });
  await expect(view.getByRole('img')).toBeVisible();
  await expect(view.getByRole('link', { name: /原图/ })).toHaveCount(0);
  await accessible(page);
  await page.keyboard.press('Escape');
  expect(await page.evaluate(() => window.__guatu?.map.getLayer('evidence-point') ?? null)).toBeNull();
});

test('a project takes its reports along when it goes, and has them back with it', async ({ page, watch }) => {
  watch.allow.push(/404/);
  await signIn(page, 'lead');
  await page.goto(`/?project=${PLANT}&panel=edit`);
  const card = page.getByRole('region', { name: '详情' });
  await card.getByRole('button', { name: '删除：科博达技改' }).click();
  const dialog = page.getByRole('dialog', { name: '删除：科博达技改' });
  await expect(dialog.getByText('现场报告和照片，共 2 份')).toBeVisible();
  await dialog.getByLabel('为什么删除').fill('并入二期');
  await dialog.getByRole('button', { name: '确定删除' }).click();
  await expect(notice(page, '已删除：科博达技改')).toBeVisible();
  expect((await page.request.get(`/api/v1/projects/${PLANT}`)).status()).toBe(404);
  await notice(page, '已删除').getByRole('button', { name: '撤销' }).click();
  await expect(card.getByRole('heading', { name: '科博达技改' })).toBeVisible();
  expect(await reportsOf(page, [PLANT])).toHaveLength(2);
});

test('the rule of the reports is read by staff, and saved by planners', async ({ page, watch }) => {
  watch.allow.push(/412/);
  await signIn(page, 'viewer');
  await page.goto('/lights');
  const rule = page.getByRole('region', { name: '现场报告的规则' });
  await expect(rule).toContainText('定位误差超过 50 米的，标“定位不准”');
  await expect(rule.getByRole('textbox')).toHaveCount(0);
  await signIn(page, 'planner');
  await page.goto('/lights');
  await rule.getByLabel('定位误差限度（米）').fill('0');
  await rule.getByRole('button', { name: '保存' }).click();
  await expect(rule.getByText('请填 1 到 1000 之间的数')).toBeVisible();
  await rule.getByLabel('定位误差限度（米）').fill('40');
  await rule.getByRole('switch', { name: '无疑点的直接采纳' }).check();
  await accessible(page);
  await rule.getByRole('button', { name: '保存' }).click();
  await expect(rule).toContainText('定位误差超过 40 米的');
  await expect(rule).toContainText('没有疑点的报告直接采纳');

  // A report without marks is accepted as it comes.
  await signIn(page, 'inspector');
  const id = await report(page, { project: HOTEL, stage: 'building', progress: 60, at: await middle(page, HOTEL) });
  const { properties } = await (await page.request.get(`/api/v1/inspections/${id}`)).json();
  expect(properties.state).toBe('accepted');
  await signIn(page, 'planner');
  await page.goto('/reports?state=accepted&of=' + HOTEL);
  await expect(row(page, '世茂酒店')).toContainText('按规则直接采纳');

  // Two at once: not saved over a newer one unseen.
  await page.goto('/lights');
  await rule.getByLabel('多少天该去一次').fill('20');
  const now = await (await page.request.get('/api/v1/inspections/rule')).json();
  const back = { ...now.rule, fix_limit_m: 50, accept_at_once: false };
  const headers = { 'sec-fetch-site': 'same-origin', 'if-match': `"${now.version}"` };
  expect((await page.request.put('/api/v1/inspections/rule', { headers, data: back })).ok()).toBe(true);
  await rule.getByRole('button', { name: '保存' }).click();
  const dialog = page.getByRole('dialog', { name: '别人刚刚改过' });
  await expect(dialog.locator('[data-field="accept_at_once"]')).toContainText('否');
  await dialog.getByRole('button', { name: '放弃我的修改' }).click();
  await page.goto('/audit');
  const entry = page.getByRole('list', { name: '变更列表' }).getByRole('article').first();
  await expect(entry).toContainText('现场报告规则');
  await expect(entry).toContainText('无疑点的直接采纳 是 → 否');
});

test('a green that needs a visit is tried before it is saved', async ({ page }) => {
  await signIn(page, 'planner');
  await page.goto('/lights');
  const words = page.getByRole('region', { name: '规则', exact: true });
  await expect(words).toContainText('最近的报告来自现场而且有疑点');
  const numbers = page.getByRole('region', { name: '改数字' });
  await numbers.getByRole('switch', { name: '绿灯要现场核实' }).check();
  await expect(numbers.getByText(/将修改：绿灯要现场核实/)).toBeVisible();
  await expect(numbers.getByText(/会有 \d+ 个项目的灯或理由改变|没有项目会变/)).toBeVisible();
  await numbers.getByRole('button', { name: '不改了' }).click();
  await expect(numbers.getByRole('switch', { name: '绿灯要现场核实' })).not.toBeChecked();
});

test.describe('on a phone', () => {
  test.use({ viewport: PHONE, hasTouch: true, isMobile: true });

  test('reports fit the screen, what is pressed takes a finger, and the way to the field is near', async ({ page }) => {
    await signIn(page, 'planner');
    await page.goto('/reports?state=all');
    await expect(list(page).getByRole('article').first()).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('main :is(button, select, input:not([type="checkbox"]))')]
        .filter((e) => e.getClientRects().length > 0 && e.getBoundingClientRect().height < 44)
        .map((e) => e.outerHTML.slice(0, 80)),
    );
    expect(small).toEqual([]);
    await accessible(page);
    await page.goto('/');
    await expect(page.getByRole('navigation').getByRole('link', { name: '现场' })).toHaveAttribute('href', '/field');
  });
});

test('what these journeys decided is taken back, and the reports wait again', async ({ page }) => {
  await signIn(page, 'lead');
  await takeBack(page, ALL);
  const states = new Set((await reportsOf(page, ALL)).map(({ properties }) => properties.state));
  expect([...states]).toEqual(['pending']);
});
