// Patches: drawn or taken from the map, given to inspectors, changed by two at once, and gone again.
import type { Page } from '@playwright/test';
import { accessible, expect, onScreen, painted, PHONE, test } from './guatu.ts';
import { signIn } from './people.ts';

test.describe.configure({ mode: 'serial' });

const headers = { 'sec-fetch-site': 'same-origin' };
const card = (page: Page) => page.getByRole('region', { name: '详情' });
const patches = async (page: Page) => (await (await page.request.get('/api/v1/patches')).json()).features;
const find = async (page: Page, id: string) => (await patches(page)).find((p: { id: string }) => p.id === id);

test('patches are for those who are signed in', async ({ page }) => {
  await page.goto('/?panel=patches');
  await expect(card(page).getByText('请先登录')).toBeVisible();
  await signIn(page, 'viewer');
  await page.goto('/?panel=patches');
  await expect(card(page).getByText('还没有片区')).toBeVisible();
  await expect(card(page).getByRole('button', { name: '新片区' })).toHaveCount(0);
  await accessible(page);
});

test('a grid cell is drawn and given to two inspectors', async ({ page }) => {
  test.slow();
  await signIn(page, 'gis');
  await page.goto('/');
  await painted(page);
  await page.getByRole('button', { name: /账户/ }).click();
  await page.getByRole('button', { name: '责任片区' }).click();
  await card(page).getByRole('button', { name: '新片区' }).click();
  await expect(card(page).getByRole('button', { name: '画面' })).toBeVisible();
  await card(page).getByLabel('名称（中文）').fill('北片一格');
  await card(page).getByLabel('名称（英文）').fill('North cell 1');
  await expect(card(page).getByLabel('编号')).toHaveValue('north-cell-1');
  await card(page).getByRole('button', { name: '添加', exact: true }).click();
  await expect(card(page).getByText('请画出范围，或借用一个')).toBeVisible();
  await card(page).getByLabel('由谁去看').fill('inspector,');
  await card(page).getByLabel('由谁去看').press('Enter');
  await card(page).getByLabel('由谁去看').last().fill('王 工');
  await card(page).getByLabel('由谁去看').last().press('Enter');
  await expect(card(page).getByText(/不像用户名/)).toBeVisible();
  await card(page).getByLabel('由谁去看').last().fill('wang-fang');
  await card(page).getByLabel('由谁去看').last().press('Enter');
  await expect(card(page).getByRole('button', { name: '去掉wang-fang' })).toBeVisible();
  await accessible(page);
  await expect.poll(() => page.evaluate(() => window.__guatu!.map.isMoving())).toBe(false);
  const corners: [number, number][] = [[120.73, 30.735], [120.755, 30.735], [120.755, 30.755], [120.73, 30.755]]; // prettier-ignore
  for (const [lon, lat] of corners) {
    const at = await onScreen(page, lon, lat);
    await page.mouse.click(at.x, at.y);
  }
  await page.keyboard.press('Enter');
  await expect(card(page).getByText(/1 个图形，4 个点/)).toBeVisible();
  await card(page).getByRole('button', { name: '添加', exact: true }).click();
  await expect(page.getByText('已添加：北片一格')).toBeVisible();
  const row = card(page).locator('[data-patch="north-cell-1"]');
  await expect(row).toContainText('inspector、wang-fang');
  const made = await find(page, 'north-cell-1');
  expect(made.geometry.type).toBe('Polygon');
  expect(made.properties).toMatchObject({ role: 'grid', reach_m: 0, inspectors: ['inspector', 'wang-fang'] });
  await expect(row).toContainText(`${made.properties.projects.length} 个项目`);
  await expect
    .poll(() => page.evaluate(() => window.__guatu!.map.queryRenderedFeatures({ layers: ['patch-fill'] }).length))
    .toBeGreaterThan(0);
  await row.hover();
  await accessible(page);
});

test('a river lends its shape, and projects beside it belong to the patch', async ({ page }) => {
  await signIn(page, 'planner');
  await page.goto('/?panel=patch');
  await painted(page);
  await expect(card(page).getByRole('button', { name: '画面' })).toBeVisible();
  await card(page).getByLabel('类别').selectOption('river');
  await expect(card(page).getByRole('button', { name: '画线' })).toBeVisible();
  await expect(card(page).getByLabel(/两侧多远/)).toHaveValue('50');
  await card(page).getByLabel('图层').selectOption({ label: '底图：视野内的道路、河道' });
  await card(page).getByLabel('哪一个').selectOption({ label: '杭州塘' });
  await expect(card(page).getByText(/已借用“杭州塘”的形状/)).toBeVisible();
  await expect(card(page).getByLabel('名称（中文）')).toHaveValue('杭州塘');
  await card(page)
    .getByLabel(/两侧多远/)
    .fill('300');
  await card(page).getByLabel('编号').fill('hangzhoutang');
  await card(page).getByRole('button', { name: '添加', exact: true }).click();
  await expect(page.getByText('已添加：杭州塘')).toBeVisible();
  const { geometry, properties } = await find(page, 'hangzhoutang');
  expect(geometry.type).toMatch(/LineString$/);
  expect(properties).toMatchObject({ role: 'river', reach_m: 300, inspectors: [] });
  expect(properties.projects).toContain('canal-park');
  await expect(card(page).getByText('1 个片区还没有人')).toBeVisible();
});

test('two at once: a patch is not saved over a newer one unseen', async ({ page, watch }) => {
  watch.allow.push(/412/);
  await signIn(page, 'planner');
  await page.goto('/?panel=patches');
  await card(page).locator('[data-patch="hangzhoutang"]').click();
  await expect(card(page).getByLabel('名称（中文）')).toHaveValue('杭州塘');
  await card(page).getByText('片区里的项目').click();
  await expect(card(page).getByRole('link', { name: /运河公园/ })).toBeVisible();
  await card(page).getByLabel('名称（中文）').fill('杭州塘沿线');
  const { version } = (await find(page, 'hangzhoutang')).properties;
  const answer = await page.request.patch('/api/v1/patches/hangzhoutang', {
    headers: { ...headers, 'if-match': `"${version}"`, 'content-type': 'application/json' },
    data: { inspectors: ['inspector'] },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
  await card(page).getByRole('button', { name: '保存' }).click();
  const dialog = page.getByRole('dialog', { name: '别人刚刚改过' });
  await expect(dialog.locator('[data-field="inspectors"]')).toContainText('inspector');
  await accessible(page);
  await dialog.getByRole('button', { name: '按所选保存' }).click();
  await expect(page.getByText('已保存')).toBeVisible();
  const { properties } = await find(page, 'hangzhoutang');
  expect(properties).toMatchObject({ name_zh: '杭州塘沿线', inspectors: ['inspector'] });
  await page.goto('/audit');
  const log = page.getByRole('list', { name: '变更列表' });
  await expect(log.getByRole('article').first()).toContainText('杭州塘 → 杭州塘沿线');
  await expect(log.getByRole('article').nth(1)).toContainText('由谁去看 增加 inspector');
});

test('what is typed is not lost by leaving, and a patch goes and comes back', async ({ page, watch }) => {
  watch.allow.push(/404/);
  await signIn(page, 'planner');
  await page.goto('/?panel=patches');
  await card(page).locator('[data-patch="north-cell-1"]').click();
  await card(page).getByLabel('名称（中文）').fill('北片');
  await card(page).getByRole('button', { name: '回到片区列表' }).click();
  const leave = page.getByRole('dialog', { name: '有未保存的修改' });
  await leave.getByRole('button', { name: '接着改' }).click();
  await expect(card(page).getByLabel('名称（中文）')).toHaveValue('北片');
  await card(page).getByRole('button', { name: '删除：北片一格' }).click();
  const dialog = page.getByRole('dialog', { name: '删除：北片一格' });
  await dialog.getByLabel('为什么删除').fill('重新划片');
  await dialog.getByRole('button', { name: '确定删除' }).click();
  const notice = page.getByRole('status').filter({ hasText: '已删除：北片一格' });
  await expect(notice).toBeVisible();
  await expect(card(page).locator('[data-patch]')).toHaveCount(1);
  await notice.getByRole('button', { name: '撤销' }).click();
  await expect(card(page).locator('[data-patch="north-cell-1"]')).toBeVisible();
});

test.describe('on a phone', () => {
  test.use({ viewport: PHONE, hasTouch: true, isMobile: true });

  test('the patches fit the screen, and what is pressed takes a finger', async ({ page }) => {
    await signIn(page, 'planner');
    await page.goto('/?panel=patch&patch=hangzhoutang');
    await expect(card(page).getByLabel('名称（中文）')).toHaveValue('杭州塘沿线');
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('.sheet :is(button, select, summary, input:not([type="checkbox"]))')]
        .filter((e) => !e.matches('.handle') && e.getClientRects().length > 0)
        .filter((e) => e.getBoundingClientRect().height < 44)
        .map((e) => e.outerHTML.slice(0, 80)),
    );
    expect(small).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
    await accessible(page);
  });
});

test('what these journeys made is taken away again', async ({ page }) => {
  await signIn(page, 'planner');
  for (const { id } of await patches(page)) {
    const gone = await page.request.delete(`/api/v1/patches/${id}`, { headers: { ...headers, 'if-match': '*' } });
    expect(gone.ok(), await gone.text()).toBe(true);
  }
  expect(await patches(page)).toEqual([]);
});
