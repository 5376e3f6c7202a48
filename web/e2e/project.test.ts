// A project explains itself, opens from the keyboard, and its link reopens it; a wrong link says so.
import { accessible, camera, expect, painted, test } from './guatu.ts';

test('search by keyboard finds and opens a project', async ({ page }) => {
  await page.goto('/');
  await painted(page);
  await page.keyboard.press('/');
  const box = page.getByRole('combobox', { name: '搜索' });
  await expect(box).toBeFocused();
  await page.keyboard.type('马家浜');
  await expect(page.getByRole('option').first()).toContainText('马家浜遗址公园');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: '马家浜遗址公园' })).toBeFocused();
  await expect(page).toHaveURL(/project=majiabang-park/);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { name: '马家浜遗址公园' })).toBeHidden();
});

test('a search for nothing known says what to try', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('combobox').fill('zzzz');
  await expect(page.getByText('没有找到“zzzz”')).toBeVisible();
});

test('a project tells its stage, light, place and neighbours', async ({ page }) => {
  await page.goto('/?project=hznu-fengyuan');
  await painted(page);
  const card = page.getByRole('region', { name: '详情' });
  await expect(card.getByRole('heading', { name: '杭师大附小丰园校区' })).toBeVisible();
  await expect(card.getByText('位置未确定')).toBeVisible();
  await expect(card.getByText('周边项目')).toBeVisible();
  await expect(card.locator('[data-project]')).not.toHaveCount(0);
  const href = await card.getByRole('link', { name: 'GeoJSON' }).getAttribute('href');
  const features = JSON.parse(decodeURIComponent(href!.split(',').slice(1).join(',')));
  expect(features.features[0].properties.project).toBe('hznu-fengyuan');
  expect(
    await page.evaluate(
      () => window.__guatu!.map.queryRenderedFeatures({ layers: ['error-line', 'error-fill'] }).length,
    ),
  ).toBeGreaterThan(0);
  await accessible(page);
});

test('a link reopens the whole view in another browser', async ({ page, browser, baseURL }) => {
  await page.goto('/?lang=en&tab=results&kind=road&light=grey&project=zuili-road&map=13.5/30.715/120.76');
  await painted(page);
  await page.evaluate(() => window.__guatu!.map.jumpTo({ center: [120.75, 30.72], zoom: 13.2 }));
  await expect(page).toHaveURL(/map=13.2\/30.72\/120.75/);
  const other = await (await browser.newContext({ baseURL, locale: 'zh-CN' })).newPage();
  await other.goto(page.url());
  await painted(other);
  await expect(other.getByRole('heading', { name: 'Zuili road' })).toBeVisible();
  await expect(other.getByRole('button', { name: 'Filters (2)' })).toBeVisible();
  const at = await camera(other);
  expect(at.zoom).toBeCloseTo(13.2, 2);
  expect(at.lon).toBeCloseTo(120.75, 4);
  await other.context().close();
});

test('an unknown project gets a clear message', async ({ page, watch }) => {
  watch.allow.push(/404/);
  await page.goto('/?project=no-such-thing');
  await expect(page.getByText('计划里没有编号为“no-such-thing”的项目')).toBeVisible();
  await accessible(page);
});

test('when the server fails, the list says so and a retry mends it', async ({ page, watch }) => {
  watch.allow.push(/Failed to load resource|ERR_FAILED/);
  await page.route('**/api/v1/projects?**', (route) => route.abort());
  await page.goto('/?tab=results');
  await expect(page.getByRole('alert').getByText('没有取到数据')).toBeVisible();
  await accessible(page);
  await page.unroute('**/api/v1/projects?**');
  await page.getByRole('button', { name: '重试' }).click();
  await expect(page.getByText('45 个项目')).toBeVisible();
});
