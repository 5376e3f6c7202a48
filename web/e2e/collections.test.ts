// The plan's own record, and collections: what is internal is gone for whoever is not signed in.
import { accessible, expect, PHONE, test } from './guatu.ts';
import { signIn } from './people.ts';

test.describe.configure({ mode: 'serial' });

test('a planner changes the plan’s own record, and a wrong one is refused at its field', async ({ page, watch }) => {
  watch.allow.push(/422/);
  await signIn(page, 'planner');
  await page.goto('/');
  await page.getByRole('button', { name: '修改计划' }).click();
  const dialog = page.getByRole('dialog', { name: '修改：计划' });
  const city = dialog.getByLabel('市（英文）');
  const before = await city.inputValue();
  await city.fill(`${before} City`);
  const east = dialog.getByLabel('东', { exact: true });
  const bound = await east.inputValue();
  await east.fill('100');
  await dialog.getByRole('button', { name: '保存' }).click();
  await expect(dialog.getByText(/西小于东/)).toBeVisible();
  await accessible(page);
  await east.fill(bound);
  const due = await dialog.getByLabel('期限').inputValue();
  await dialog.getByLabel('期限').fill('2018-12-31');
  await dialog.getByRole('button', { name: '保存' }).click();
  await expect(dialog.getByText(/不在计划开始日 .+ 之后/)).toBeVisible();
  await dialog.getByLabel('期限').fill(due);
  await dialog.getByRole('button', { name: '保存' }).click();
  await expect(page.getByText('已保存')).toBeVisible();
  await page.goto('/audit?type=plan');
  const entry = page.getByRole('list', { name: '变更列表' }).getByRole('article').first();
  await expect(entry).toContainText('市');
  await entry.getByRole('button', { name: /撤销第/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: '撤销', exact: true }).click();
  await expect(page.getByText('已撤销').first()).toBeVisible();
  const { plans } = await (await page.request.get('/api/v1/plans')).json();
  expect(plans[0].city.en).toBe(before);
});

test('the page of collections is for those who may change places', async ({ page }) => {
  await signIn(page, 'planner');
  await page.goto('/collections');
  await expect(page.getByText('您的角色不能做这件事')).toBeVisible();
});

test('a collection is made empty and internal, nobody else sees it, it is opened to all, and goes', async ({
  page,
  browser,
  baseURL,
}) => {
  await signIn(page, 'gis');
  await page.goto('/');
  await page.getByRole('button', { name: /^账户/ }).click();
  await page.getByRole('button', { name: '图层', exact: true }).click();
  await expect(page.locator('[data-collection="roads"]')).toBeVisible();
  await accessible(page);
  await page.getByRole('button', { name: '新建图层' }).click();
  const dialog = page.getByRole('dialog', { name: '添加：图层' });
  await dialog.getByLabel('名称（中文）').fill('规划绿道');
  await dialog.getByLabel('名称（英文）').fill('Planned greenways');
  await dialog.getByRole('button', { name: '添加', exact: true }).click();
  await expect(dialog.getByText(/2 处要改/)).toBeVisible();
  await dialog.getByLabel('类型').selectOption('park');
  await dialog.getByLabel('图形').selectOption('LineString');
  await accessible(page);
  await dialog.getByRole('button', { name: '添加', exact: true }).click();
  const row = page.locator('[data-collection="planned-greenways"]');
  await expect(row).toContainText('内部');

  // In a window of somebody who is not signed in.
  const anonymous = await browser.newContext({ baseURL: baseURL! });
  const list = async () =>
    (await (await anonymous.request.get('/ogc/collections?f=json')).json()).collections.map(
      (c: { id: string }) => c.id,
    );
  const one = async () => (await anonymous.request.get('/ogc/collections/planned-greenways?f=json')).status();
  expect(await list()).not.toContain('planned-greenways');
  expect(await one()).toBe(404);

  await row.getByRole('button', { name: '修改：规划绿道' }).click();
  const form = page.getByRole('dialog', { name: '修改：图层' });
  await form.getByLabel('谁能看').selectOption('public');
  await form.getByRole('button', { name: '保存' }).click();
  await expect(row).toContainText('公开');
  expect(await list()).toContain('planned-greenways');
  expect(await one()).toBe(200);

  await row.getByRole('button', { name: '删除：规划绿道' }).click();
  const sure = page.getByRole('dialog', { name: '删除：规划绿道' });
  await sure.getByLabel('为什么删除').fill('不需要');
  await sure.getByRole('button', { name: '确定删除' }).click();
  await expect(row).toHaveCount(0);
  await expect(page.getByRole('status').filter({ hasText: '已删除：规划绿道' })).toBeVisible();
  await anonymous.close();
});

test('what lies in a collection that becomes internal is gone from the public map, and back with it', async ({
  page,
  browser,
  baseURL,
}) => {
  await signIn(page, 'gis');
  const anonymous = await browser.newContext({ baseURL: baseURL! });
  const items = async () => (await anonymous.request.get('/ogc/collections/hotels/items?f=json')).status();
  const set = async (visibility: string) => {
    await page.goto('/collections');
    await page.locator('[data-collection="hotels"]').getByRole('button', { name: /^修改/ }).click();
    const form = page.getByRole('dialog', { name: '修改：图层' });
    await form.getByLabel('谁能看').selectOption(visibility);
    await form.getByRole('button', { name: '保存' }).click();
    await expect(page.getByText('已保存')).toBeVisible();
  };
  expect(await items()).toBe(200);
  await set('internal');
  expect(await items()).toBe(404);
  const visitor = await anonymous.newPage();
  await visitor.goto('/');
  await visitor.waitForFunction(() => window.__guatu?.paintedAt, null, { timeout: 30_000 });
  const drawn = () =>
    visitor.evaluate(() =>
      window.__guatu!.map.queryRenderedFeatures().some((f) => f.properties['collection'] === 'hotels'),
    );
  expect(await drawn()).toBe(false);
  await set('public');
  expect(await items()).toBe(200);
  await anonymous.close();
});

test.describe('on a phone', () => {
  test.use({ viewport: PHONE, hasTouch: true, isMobile: true });

  test('the collections fit the screen', async ({ page }) => {
    await signIn(page, 'gis');
    await page.goto('/collections');
    await expect(page.locator('[data-collection="roads"]')).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
    await accessible(page);
  });
});
