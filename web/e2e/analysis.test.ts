// Spatial questions: along a road, near a place, inside a drawn area. The first is the one that decides.
import { accessible, expect, onScreen, painted, test } from './guatu.ts';

test('"which projects lie within 500 m of 槜李路, which are late, send me the link"', async ({
  page,
  context,
  browser,
  baseURL,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/');
  await painted(page);
  await page.getByRole('combobox', { name: '搜索' }).fill('槜李路');
  await page.getByRole('option').first().click();
  await page.getByRole('button', { name: '500 m 内' }).click();
  await expect(page.getByRole('heading', { name: '槜李路周边' })).toBeVisible();
  const answer = await (await page.request.get('/api/v1/nearby?near=roads/zuili-road&radius_m=500&limit=1000')).json();
  await expect(page.getByText(`500 m 内有 ${answer.features.length} 个项目`)).toBeVisible();
  const lights: string[] = answer.features.map((f: { properties: { light: string } }) => f.properties.light);
  const late = lights.filter((light) => /red|yellow/.test(light)).length;
  const none = lights.includes('grey') ? '没有已知滞后的项目' : '没有滞后的项目';
  await expect(page.getByText(late ? `${late} 个滞后` : none)).toBeVisible();
  await page.getByRole('button', { name: '复制链接' }).click();
  await expect(page.getByText('链接已复制')).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const reader = await (await browser.newContext({ baseURL, locale: 'zh-CN' })).newPage();
  await reader.goto(link);
  await expect(reader.getByText(`500 m 内有 ${answer.features.length} 个项目`)).toBeVisible();
  await reader.context().close();
  await accessible(page);
});

test('late ones can be told apart and listed alone', async ({ page }) => {
  await page.goto('/?near=120.73,30.73&radius=5000');
  await painted(page);
  const late = page.getByRole('button', { name: /只看滞后/ });
  await late.click();
  await expect(page).toHaveURL(/late=1/);
  const rows = page.getByRole('region', { name: '详情' }).locator('[data-project]');
  for (const row of await rows.all()) await expect(row).toContainText(/红灯|黄灯/);
  await page.goBack();
  await expect(late).toHaveAttribute('aria-pressed', 'false');
});

test('near a place: a click, then a wider radius, then a project and back', async ({ page }) => {
  await page.goto('/');
  await painted(page);
  await page.getByRole('button', { name: '点选附近' }).click();
  const at = await onScreen(page, 120.7115, 30.7025);
  await page.mouse.click(at.x, at.y);
  await expect(page.getByRole('heading', { name: '此处附近' })).toBeVisible();
  const first = await page.getByText(/500 m 内有 \d+ 个项目/).textContent();
  await page.getByRole('slider', { name: '半径' }).fill('12');
  await expect(page).toHaveURL(/radius=3000/);
  await expect(page.getByText(/3 km 内有 \d+ 个项目/)).not.toHaveText(first!);
  await page.getByRole('region', { name: '详情' }).locator('[data-project]').first().click();
  await expect(page.getByText('周边项目')).toBeVisible();
  await page.getByRole('button', { name: '返回结果' }).click();
  await expect(page.getByRole('heading', { name: '此处附近' })).toBeVisible();
});

test('near me uses the device, and says so when it may not', async ({ page, context }) => {
  await context.grantPermissions(['geolocation']);
  await context.setGeolocation({ longitude: 120.7115, latitude: 30.7025 });
  await page.goto('/?panel=pick');
  await page.getByRole('button', { name: '用我的位置' }).click();
  await expect(page).toHaveURL(/near=120.7115,30.7025/);
  await context.clearPermissions();
  await page.goto('/?panel=pick');
  await page.getByRole('button', { name: '用我的位置' }).click();
  await expect(page.getByText('设备没有给出位置')).toBeVisible();
  await accessible(page);
});

test('a drawn area counts what is inside by kind and stage', async ({ page }) => {
  await page.goto('/?map=12.2/30.72/120.76');
  await painted(page);
  await page.getByRole('button', { name: '画范围' }).click();
  for (const [lon, lat] of [
    [120.7, 30.69],
    [120.74, 30.69],
    [120.74, 30.715],
    [120.7, 30.715],
  ] as const) {
    const at = await onScreen(page, lon, lat);
    await page.mouse.click(at.x, at.y);
    await page.waitForTimeout(350);
  }
  await expect(page.getByText('4 个角点')).toBeVisible();
  await accessible(page);
  await page.getByRole('button', { name: '完成' }).click();
  await expect(page.getByText(/范围内有 \d+ 个项目/)).toBeVisible();
  await expect(page.getByRole('region', { name: '按类型' }).getByText('工业项目')).toBeVisible();
  const touching = await page.getByText(/范围内有 \d+ 个项目/).textContent();
  await page.getByRole('button', { name: '完全在内' }).click();
  await expect(page.getByText(/范围内有 \d+ 个项目/)).not.toHaveText(touching!);
  await expect(page).toHaveURL(/area=[\w-]+/);
});

test('a road of the base map can be asked about too, from the search and by a click', async ({ page }) => {
  await page.goto('/?map=13/30.724/120.75');
  await painted(page);
  await page.getByRole('combobox', { name: '搜索' }).fill('长水路');
  await page.getByRole('option', { name: /地点/ }).first().click();
  await expect(page.getByRole('heading', { name: '长水路周边' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.goto('/?map=13/30.724/120.75&panel=pick');
  await painted(page);
  const at = await onScreen(page, 120.75, 30.724);
  await page.mouse.click(at.x, at.y);
  await expect(page.getByRole('heading', { name: '长水路周边' })).toBeVisible();
  await expect(page).toHaveURL(/near=context_roads\//);
});
