// The phone: one sheet from the bottom, everything within a thumb's reach, nothing wider than the screen.
import { PHONE, accessible, expect, painted, test } from './guatu.ts';

test.use({ viewport: PHONE, hasTouch: true, isMobile: true });

test('the sheet peeks, opens, and shows a project', async ({ page }) => {
  await page.goto('/');
  await painted(page);
  const sheet = page.getByRole('region', { name: '计划与结果' });
  await expect.poll(async () => (await sheet.boundingBox())!.height).toBeLessThan(100);
  await accessible(page);
  await page.getByRole('tab', { name: /项目/ }).tap();
  await expect.poll(async () => (await sheet.boundingBox())!.height).toBeGreaterThan(300);
  await page.locator('[data-project="mars"]').scrollIntoViewIfNeeded();
  await page.locator('[data-project="mars"]').tap();
  await expect(page.getByRole('heading', { name: '玛氏技改' })).toBeVisible();
  await accessible(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
});

test('the handle takes a drag', async ({ page }) => {
  await page.goto('/');
  await painted(page);
  const handle = page.getByRole('button', { name: '展开面板' });
  const box = (await handle.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + 8);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y - 520, { steps: 6 });
  await page.mouse.up();
  const sheet = page.getByRole('region', { name: '计划与结果' });
  await expect.poll(async () => (await sheet.boundingBox())!.height).toBeGreaterThan(560);
});

test('what is pressed is large enough for a finger', async ({ page }) => {
  await page.goto('/?near=roads/zuili-road&radius=500');
  await painted(page);
  await expect(page.getByRole('heading', { name: '槜李路周边' })).toBeVisible();
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('button, a[href], select, input')]
      .filter((e) => !e.closest('.maplibregl-map, .skip') && !e.matches('.skip') && e.getClientRects().length > 0)
      .map((e) => ({
        text: e.getAttribute('aria-label') ?? e.textContent?.trim(),
        h: e.getBoundingClientRect().height,
        handle: e.matches('.handle'),
      }))
      .filter((e) => e.h < 44 && !e.handle),
  );
  expect(small).toEqual([]);
  await accessible(page);
});

test('the dashboard fits', async ({ page }) => {
  await page.goto('/dashboard');
  await expect(page.getByRole('heading', { name: '看板' })).toBeVisible();
  await expect(page.getByRole('heading', { name: '名额' })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
  await accessible(page);
});

test('tools have words, the legend is a tab, and each tab begins at its top', async ({ page }) => {
  await page.goto('/');
  await painted(page);
  await expect(page.getByRole('navigation', { name: '地图工具' })).toContainText('附近');
  const sheet = page.getByRole('region', { name: '计划与结果' });
  await page.getByRole('tab', { name: '图例' }).tap();
  await sheet.getByRole('button', { name: /^工业项目/ }).tap();
  await expect(page).toHaveURL(/kind=industry/);
  await accessible(page);
  const body = page.locator('.sheet .body');
  await body.evaluate((node) => node.scrollTo({ top: 400 }));
  await page.getByRole('tab', { name: /^项目/ }).tap();
  await expect.poll(() => body.evaluate((node) => node.scrollTop)).toBe(0);
});

test('an English answer is no wider than the screen and tells how sure it is', async ({ page }) => {
  await page.goto('/?lang=en&near=roads/zuili-road&radius=2000');
  await painted(page);
  await expect(page.getByRole('heading', { name: 'Around Zuili road' })).toBeVisible();
  await expect(page.getByText(/≈ [\d.]+ k?m ± [\d.]+ k?m/).first()).toBeVisible();
  const wide = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('.sheet .body')].map((e) => e.scrollWidth - e.clientWidth),
  );
  expect(Math.max(...wide)).toBe(0);
});
