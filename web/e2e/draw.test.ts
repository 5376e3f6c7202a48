// Drawing without a mouse: a line and an area by keys alone, corners typed and taken away by a finger.
import type { Page } from '@playwright/test';
import { accessible, expect, onScreen, painted, PHONE, test } from './guatu.ts';
import { signIn } from './people.ts';

test.describe.configure({ mode: 'serial' });

const card = (page: Page) => page.getByRole('region', { name: '详情' });
const ROAD = '/?project=zuili-road&panel=place&map=14.2/30.714/120.766';

async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

test('a road is drawn anew by keys, said aloud, taken back, and saved', async ({ page }) => {
  await signIn(page, 'gis');
  await page.goto(ROAD);
  await painted(page);
  await expect(card(page).getByRole('button', { name: '移动、改形' })).toBeVisible();
  await card(page).getByRole('button', { name: '用准星' }).focus();
  await press(page, 'Enter');
  await expect(page.locator('canvas')).toBeFocused();
  await expect(
    card(page)
      .getByRole('status')
      .filter({ hasText: /准星在 30\.\d{6}, 120\.\d{6}/ }),
  ).toBeAttached();
  await press(page, 'Enter', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'Enter', 'ArrowDown', 'ArrowDown', 'Enter');
  await expect(card(page).getByRole('status').filter({ hasText: '3 个角点' })).toBeVisible();
  await accessible(page);
  await press(page, 'Backspace');
  await expect(card(page).getByRole('status').filter({ hasText: '2 个角点' })).toBeVisible();
  // The crosshair is where it was: the corner is put once more, and once more at the same place finishes.
  await press(page, 'Shift+ArrowRight', 'Enter', 'Enter');
  await expect(card(page).getByRole('status').filter({ hasText: '2 个图形' })).toBeVisible();
  // This layer holds one line for each place: the old one goes, by keys as well.
  await card(page)
    .getByText(/^各点的经纬度/)
    .press('Enter');
  await card(page).getByRole('button', { name: '去掉第 1 个图形' }).press('Enter');
  await expect(card(page).getByRole('status').filter({ hasText: '1 个图形，3 个点' })).toBeVisible();
  const sent = page.waitForRequest((r) => r.method() === 'PATCH');
  await card(page).getByRole('button', { name: '保存' }).click();
  const { geometry } = (await sent).postDataJSON();
  expect(geometry.type).toBe('LineString');
  expect(geometry.coordinates).toHaveLength(3);
  await expect(page.getByText('已保存')).toBeVisible();
});

test('corners are typed, put in and taken away from the list, and Undo takes each back', async ({ page }) => {
  await signIn(page, 'gis');
  await page.goto(ROAD);
  await painted(page);
  await card(page)
    .getByText(/^各点的经纬度/)
    .click();
  const list = card(page).getByRole('list', { name: '各点的经纬度' });
  const rows = list.locator('[data-corner]');
  const before = await rows.count();
  await list.getByRole('button', { name: '在第 1 点后加一点' }).first().click();
  await expect(rows).toHaveCount(before + 1);
  await expect(list.getByLabel('第 2 点的纬度').first()).toBeFocused();
  await list.getByLabel('第 2 点的纬度').first().fill('30.7155');
  await page.keyboard.press('Tab');
  await expect(list.getByLabel('第 2 点的纬度').first()).toHaveValue('30.7155');
  await accessible(page);
  await list.getByRole('button', { name: '去掉第 1 点' }).first().click();
  await expect(rows).toHaveCount(before);
  await expect(list.getByLabel('第 1 点的纬度').first()).toHaveValue('30.7155');
  // A latitude that is none is not taken.
  await list.getByLabel('第 1 点的纬度').first().fill('300');
  await page.keyboard.press('Tab');
  await expect(list.getByLabel('第 1 点的纬度').first()).toHaveValue('30.7155');
  for (let i = 0; i < 3; i++) await card(page).getByRole('button', { name: '撤销' }).click();
  await expect(rows).toHaveCount(before);
  await expect(card(page).getByRole('button', { name: '撤销' })).toBeDisabled();
});

test('an area to ask about is drawn by keys', async ({ page }) => {
  await page.goto('/');
  await painted(page);
  await page.getByRole('button', { name: '画范围' }).click();
  await card(page).getByRole('button', { name: '用准星' }).press('Enter');
  const four = ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight'];
  await press(page, 'Enter', ...four, 'Enter', ...four.map(() => 'ArrowDown'), 'Enter');
  await expect(card(page).getByText('3 个角点')).toBeVisible();
  await accessible(page);
  await press(page, 'Enter');
  await expect(page).toHaveURL(/area=/);
  await expect(card(page).getByRole('heading', { name: /范围/ })).toBeVisible();
});

test('Esc begins the shape anew, and once more puts the crosshair away', async ({ page }) => {
  await page.goto('/?panel=draw');
  await painted(page);
  const use = card(page).getByRole('button', { name: '用准星' });
  await use.press('Enter');
  await press(page, 'Enter', 'ArrowRight', 'Enter');
  await expect(card(page).getByText('2 个角点')).toBeVisible();
  await press(page, 'Escape');
  await expect(card(page).getByText('0 个角点')).toBeVisible();
  await expect(use).toHaveAttribute('aria-pressed', 'true');
  await press(page, 'Escape');
  await expect(use).toHaveAttribute('aria-pressed', 'false');
});

test.describe('on a phone', () => {
  test.use({ viewport: PHONE, hasTouch: true, isMobile: true });

  test('a corner is chosen by a finger and taken away', async ({ page }) => {
    await signIn(page, 'gis');
    await page.goto(ROAD);
    await painted(page);
    await expect(card(page).getByRole('button', { name: '移动、改形' })).toBeVisible();
    const feature = await (await page.request.get('/ogc/collections/roads/items/zuili-road?f=json')).json();
    const { type, coordinates } = feature.geometry;
    const path: [number, number][] = type === 'MultiLineString' ? coordinates[0] : coordinates;
    await expect.poll(() => page.evaluate(() => window.__guatu!.map.isMoving())).toBe(false);
    const [lon, lat] = path[1]!;
    const at = await onScreen(page, lon, lat);
    await page.touchscreen.tap(at.x + 6, at.y - 5);
    const chosen = card(page).getByRole('group', { name: '选中第 2 点' });
    const remove = chosen.getByRole('button', { name: '去掉这一点' });
    await expect(remove).toBeVisible();
    expect((await remove.boundingBox())!.height).toBeGreaterThanOrEqual(44);
    await accessible(page);
    await remove.tap();
    await expect(chosen).toBeHidden();
    await card(page)
      .getByText(/^各点的经纬度/)
      .tap();
    await expect(card(page).getByLabel('第 2 点的经度').first()).toHaveValue(String(path[2]![0]));
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
  });
});
