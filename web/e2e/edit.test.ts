// Changing the plan: a stage in two clicks, a form that says what is wrong, two people at once, a place that is drawn.
import type { Page } from '@playwright/test';
import { accessible, expect, onScreen, painted, PHONE, test } from './guatu.ts';
import { signIn, signOut } from './people.ts';

test.describe.configure({ mode: 'serial' });

const card = (page: Page) => page.getByRole('region', { name: '详情' });

/** Changes a project behind the page's back, as a colleague would. */
async function colleague(page: Page, id: string, change: object): Promise<void> {
  const headers = { 'sec-fetch-site': 'same-origin', 'if-match': '*', 'content-type': 'application/json' };
  const answer = await page.request.patch(`/api/v1/projects/${id}`, { headers, data: change });
  expect(answer.ok(), await answer.text()).toBe(true);
}

test('readers see no way to change anything', async ({ page }) => {
  await page.goto('/?project=zuili-road');
  await expect(card(page).getByText('周边项目')).toBeVisible();
  await expect(card(page).getByRole('button', { name: /修改|改为/ })).toHaveCount(0);
});

test('a planner changes a stage in two clicks, and the page follows', async ({ page }) => {
  await signIn(page, 'planner');
  await colleague(page, 'zuili-road', { stage: 'preparing', progress: null });
  await page.goto('/?project=zuili-road');
  await painted(page);
  await card(page).getByRole('button', { name: '改为在建' }).click();
  await expect(card(page).getByRole('button', { name: '确认：在建' })).toBeFocused();
  await accessible(page);
  const sent = page.waitForRequest((r) => r.method() === 'PATCH');
  await card(page).getByRole('button', { name: '确认：在建' }).click();
  const headers = (await sent).headers();
  expect(headers['if-match']).toMatch(/^"\d+"$/);
  expect(headers['idempotency-key']).toBeTruthy();
  await expect(page.getByText('已保存')).toBeVisible();
  await expect(card(page).locator('.now strong')).toHaveText('在建');
});

test('the form saves what was changed, says what is wrong beside the field, and guards what is unsaved', async ({
  page,
  watch,
}) => {
  watch.allow.push(/422/);
  await signIn(page, 'planner');
  await colleague(page, 'mars', { start: null, due: '2019-12-31', progress: null, milestones: [] });
  await page.goto('/?project=mars');
  await card(page).getByRole('button', { name: '修改', exact: true }).click();
  await expect(card(page).getByRole('heading', { name: '修改：玛氏技改' })).toBeVisible();
  await accessible(page);
  await card(page).getByLabel('进度（%）').fill('half');
  await card(page).getByRole('button', { name: '保存' }).click();
  await expect(card(page).getByRole('alert').filter({ hasText: '请填数字' })).toBeVisible();
  await card(page).getByLabel('进度（%）').fill('35');
  await card(page).getByLabel('开始').fill('2020-06-01');
  await card(page).getByLabel('期限').fill('2019-12-30');
  await card(page).getByRole('button', { name: '保存' }).click();
  // The server's rule, beside the field that it speaks of.
  await expect(card(page).getByText(/1 处要改/)).toBeVisible();
  await card(page).getByLabel('开始').fill('2019-01-01');
  await card(page).getByRole('button', { name: '加一个节点' }).click();
  await card(page).getByLabel('节点名 1').fill('设备进场');
  await card(page).getByLabel('英文名 1').fill('Machines arrive');
  await card(page).getByLabel('应完成 1').fill('2019-05-31');
  await page.getByRole('button', { name: '点选附近' }).click();
  const guard = page.getByRole('dialog', { name: '有未保存的修改' });
  await accessible(page);
  await guard.getByRole('button', { name: '接着改' }).click();
  await expect(card(page).getByLabel('节点名 1')).toHaveValue('设备进场');
  await card(page).getByRole('button', { name: '保存' }).click();
  await expect(page.getByText('已保存')).toBeVisible();
  await expect(card(page).getByRole('region', { name: '阶段' })).toContainText('35%');
});

test('two at once: what is theirs and what is mine, field by field', async ({ page, watch }) => {
  watch.allow.push(/412/);
  await signIn(page, 'planner');
  await page.goto('/?project=mars&panel=edit');
  await expect(card(page).getByLabel('期限')).toBeVisible();
  await colleague(page, 'mars', { due: '2020-06-30', warden: '李工' });
  await card(page).getByLabel('期限').fill('2020-03-31');
  await card(page).getByLabel('进度（%）').fill('60');
  await card(page).getByRole('button', { name: '保存' }).click();
  const dialog = page.getByRole('dialog', { name: '别人刚刚改过' });
  await expect(dialog.locator('[data-field="due"]')).toContainText('2020-06-30');
  await expect(dialog.locator('[data-field="due"]')).toContainText('两边都改了');
  await expect(dialog.getByRole('radio', { name: '负责人: 现在的' })).toBeChecked();
  await accessible(page);
  await dialog.getByRole('radio', { name: '期限: 现在的' }).check();
  await dialog.getByRole('button', { name: '按所选保存' }).click();
  await expect(page.getByText('已保存')).toBeVisible();
  const { record } = await (await page.request.get('/api/v1/projects/mars')).json();
  expect([record.due, record.warden, record.progress]).toEqual(['2020-06-30', '李工', 60]);
});

test('a session that ends while one types costs nothing', async ({ page, watch }) => {
  watch.allow.push(/401/);
  await signIn(page, 'planner');
  await page.goto('/?project=mars&panel=edit');
  await card(page).getByLabel('进度（%）').fill('65');
  await signOut(page);
  await card(page).getByRole('button', { name: '保存' }).click();
  const dialog = page.getByRole('dialog', { name: '登录' });
  await expect(dialog.getByText('登录已过期')).toBeVisible();
  await dialog.getByLabel('用户名').fill('planner');
  await dialog.getByLabel('密码').fill('correct horse battery');
  await page.keyboard.press('Enter');
  await expect(page.getByText('已保存')).toBeVisible();
  await expect(card(page).getByRole('region', { name: '阶段' })).toContainText('65%');
});

test('a target takes a reading with its unit', async ({ page }) => {
  await signIn(page, 'planner');
  await page.goto('/');
  await page
    .getByRole('button', { name: /更高质量抓招商/ })
    .first()
    .click();
  await page
    .getByRole('button', { name: /^填读数/ })
    .first()
    .click();
  const dialog = page.getByRole('dialog', { name: /^填读数/ });
  await dialog.getByLabel(/^读数/).fill('1,250');
  await dialog.getByLabel('来源').fill('统计快报');
  await accessible(page);
  const sent = page.waitForRequest((r) => r.method() === 'POST' && r.url().includes('/readings'));
  await dialog.getByRole('button', { name: '保存' }).click();
  const body = (await sent).postDataJSON();
  expect(body.value).toBe(1250);
  expect(body.unit).toHaveProperty('zh');
  await expect(page.getByText('已保存')).toBeVisible();
});

test('the worklist leads to the map, where a place is moved, undone, moved again and saved as surveyed', async ({
  page,
}) => {
  await signIn(page, 'gis');
  await page.goto('/?panel=worklist');
  await painted(page);
  await expect(card(page).getByText(/已测量 \d+ \/ 45/)).toBeVisible();
  await accessible(page);
  await card(page).getByLabel('类型').selectOption('hotel');
  const first = card(page).locator('[data-work]').first();
  const id = (await first.getAttribute('data-work'))!;
  await first.click();
  await expect(card(page).getByRole('button', { name: '移动、改形' })).toBeVisible();
  await accessible(page);
  const latitude = card(page).getByLabel('纬度');
  const longitude = card(page).getByLabel('经度');
  const [lat, lon] = [Number(await latitude.inputValue()), Number(await longitude.inputValue())];
  await expect.poll(() => page.evaluate(() => window.__guatu!.map.isMoving())).toBe(false);
  const at = await onScreen(page, lon, lat);
  await page.mouse.move(at.x, at.y);
  await page.mouse.down();
  await page.mouse.move(at.x + 60, at.y + 40, { steps: 8 });
  await page.mouse.up();
  await expect(latitude).not.toHaveValue(String(lat));
  await card(page).getByRole('button', { name: '撤销' }).click();
  await expect(latitude).toHaveValue(String(lat));
  await card(page).getByRole('button', { name: '重做' }).click();
  await expect(latitude).not.toHaveValue(String(lat));
  await latitude.fill('30.7321');
  await latitude.blur();
  await card(page)
    .getByRole('radio', { name: /^已测量/ })
    .check();
  await card(page).getByLabel('误差（米）').fill('0.5');
  await card(page).getByLabel('依据（中文）').fill('测量成果第 12 号');
  await card(page).getByLabel('依据（英文）').fill('Survey no. 12');
  await card(page).getByRole('button', { name: '保存' }).click();
  await expect(page.getByText('已保存')).toBeVisible();
  await expect(card(page).locator(`[data-work="${id}"]`)).toHaveCount(0);
});

test('a road that is reshaped lies there on the map as well, also after a change of language', async ({ page }) => {
  await signIn(page, 'gis');
  await page.goto('/?project=zuili-road&panel=place&map=14.2/30.714/120.766');
  await painted(page);
  await expect(card(page).getByRole('button', { name: '移动、改形' })).toBeVisible();
  const feature = await (await page.request.get('/ogc/collections/roads/items/zuili-road?f=json')).json();
  const [lon, lat] = feature.geometry.coordinates.at(-1);
  const end = await onScreen(page, lon, lat);
  await page.mouse.move(end.x, end.y);
  await page.mouse.down();
  await page.mouse.move(end.x - 20, end.y + 75, { steps: 10 });
  await page.mouse.up();
  await page.getByRole('button', { name: 'Switch to English' }).click();
  await expect(page.getByRole('button', { name: 'Undo' })).toBeEnabled();
  const sent = page.waitForRequest((r) => r.method() === 'PATCH');
  await page.getByRole('button', { name: 'Save' }).click();
  const drawn: [number, number] = (await sent).postDataJSON().geometry.coordinates.at(-1);
  expect(Math.abs(drawn[1] - lat)).toBeGreaterThan(0.001);
  await expect
    .poll(() =>
      page.evaluate(([x, y]) => {
        const { map } = window.__guatu!;
        const filter = ['==', ['get', 'project'], 'zuili-road'] as never;
        const found = map.querySourceFeatures('plan', { sourceLayer: 'lines', filter });
        const all = found.flatMap((f) =>
          (f.geometry as unknown as { coordinates: [number, number][] }).coordinates.flat(1),
        );
        const near = (i: number) =>
          Math.abs((all[i] as unknown as number) - x!) < 1e-4 &&
          Math.abs((all[i + 1] as unknown as number) - y!) < 1e-4;
        return all.some((_, i) => near(i));
      }, drawn),
    )
    .toBe(true);
});

test.describe('on a phone', () => {
  test.use({ viewport: PHONE, hasTouch: true, isMobile: true });

  test('what is pressed while editing takes a finger, and nothing is wider than the screen', async ({ page }) => {
    await signIn(page, 'planner');
    await page.goto('/?project=zuili-road&panel=edit');
    await expect(page.getByRole('heading', { name: '修改：槜李路' })).toBeVisible();
    await expect(page.getByLabel('期限')).toBeVisible();
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('.sheet :is(button, select, summary, input:not([type=checkbox], [type=radio]))')]
        .filter((e) => !e.matches('.handle') && e.getClientRects().length > 0)
        .map((e) => ({
          text: e.getAttribute('aria-label') ?? e.textContent?.trim(),
          h: e.getBoundingClientRect().height,
        }))
        .filter((e) => e.h < 46),
    );
    expect(small).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
    await accessible(page);
  });
});
