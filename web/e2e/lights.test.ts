// The rule of the lights: read by everybody, tried before it is saved, and never saved over somebody else's.
import type { Page } from '@playwright/test';
import { accessible, expect, PHONE, test } from './guatu.ts';
import { editProject, signIn, signOut } from './people.ts';

test.describe.configure({ mode: 'serial' });

const ID = 'zuili-road';
const rule = async (page: Page) => (await page.request.get('/api/v1/lights')).json();

/** Changes the rule behind the page's back, as a colleague would. */
async function putRule(page: Page, change: object): Promise<void> {
  const before = await rule(page);
  const headers = { 'sec-fetch-site': 'same-origin', 'if-match': `"${before.version}"` };
  const answer = await page.request.put('/api/v1/lights', { headers, data: { ...before.rule, ...change } });
  expect(answer.ok(), await answer.text()).toBe(true);
}

test('every light leads to its rule, which readers see in both languages and cannot change', async ({ page }) => {
  await page.goto(`/?project=${ID}`);
  await page.getByRole('link', { name: '灯是怎么定的' }).click();
  await expect(page.getByRole('heading', { name: '亮灯规则' })).toBeVisible();
  await expect(page.getByText('过了期限还没达到目标：红灯。')).toBeVisible();
  await expect(page.getByText('Past the due date, short of the aim: red.')).toBeVisible();
  await expect(page.getByRole('textbox')).toHaveCount(0);
  await expect(page.getByRole('button', { name: '保存' })).toHaveCount(0);
  await accessible(page);
});

test('a viewer reads the rule and no more', async ({ page }) => {
  await signIn(page, 'viewer');
  await page.goto('/lights');
  await expect(page.getByText('暂停：黄灯。')).toBeVisible();
  await expect(page.getByRole('textbox')).toHaveCount(0);
});

test('a planner sees what another number would change, and then saves it', async ({ page, watch }) => {
  watch.allow.push(/422/);
  await signIn(page, 'planner');
  // Half its time is gone, and it is five points behind, whatever day it is.
  const { today } = await (await page.request.get('/api/v1/settings')).json();
  const shifted = (years: number) => `${Number(today.slice(0, 4)) + years}-01-01`;
  const [start, due] = [shifted(-5), shifted(6)];
  const gone = (Date.parse(today) - Date.parse(start)) / (Date.parse(due) - Date.parse(start));
  const progress = Math.round(gone * 100) - 5;
  await editProject(page, ID, { start, due, stage: 'building', progress });
  const before = await rule(page);
  await page.goto('/lights');
  const numbers = page.getByRole('region', { name: '改数字' });
  await expect(numbers.getByText('改一个数字，这里就列出会变的项目。')).toBeVisible();
  await numbers.getByLabel('黄灯：落后百分点').fill('40');
  await expect(numbers.getByText(/红灯更重/)).toBeVisible();
  await accessible(page);
  await numbers.getByLabel('黄灯：落后百分点').fill('2');
  const row = numbers.locator(`[data-project="${ID}"]`);
  await expect(row).toContainText('原来');
  await expect(row).toContainText('落后 2 个起为黄灯');
  await expect(row.getByRole('link', { name: '槜李路' })).toHaveAttribute('href', new RegExp(`project=${ID}`));
  const [was, becomes] = [numbers.locator('[data-side="before"]'), numbers.locator('[data-side="after"]')];
  expect(await was.innerText()).not.toBe(await becomes.innerText());
  expect(await rule(page)).toEqual(before);
  await accessible(page);

  // Somebody who goes away with numbers unsaved is asked.
  await page.getByRole('button', { name: '回到地图' }).click();
  await page.getByRole('dialog', { name: '有未保存的修改' }).getByRole('button', { name: '接着改' }).click();

  await numbers.getByLabel('修改说明').fill('收紧');
  const sent = page.waitForRequest((r) => r.method() === 'PUT');
  await numbers.getByRole('button', { name: '保存' }).click();
  expect((await sent).headers()['if-match']).toBe(`"${before.version}"`);
  await expect(page.getByText('已保存')).toBeVisible();
  await expect(page.getByRole('region', { name: '规则', exact: true })).toContainText('落后计划 2 个百分点起');
  const { light } = await (await page.request.get(`/api/v1/projects/${ID}`)).json();
  expect(light.colour).toBe('yellow');

  await page.goto('/audit?type=light_rule');
  const entry = page.getByRole('list', { name: '变更列表' }).getByRole('article').first();
  await expect(entry).toContainText('黄灯：落后百分点 10 → 2');
  await expect(entry).toContainText('收紧');
});

test('two at once: the rule is not saved over a newer one unseen', async ({ page, watch }) => {
  watch.allow.push(/412/);
  await signIn(page, 'planner');
  await page.goto('/lights');
  const numbers = page.getByRole('region', { name: '改数字' });
  await numbers.getByLabel('红灯：落后百分点').fill('25');
  await putRule(page, { evidence_days: 90 });
  await numbers.getByRole('button', { name: '保存' }).click();
  const dialog = page.getByRole('dialog', { name: '别人刚刚改过' });
  await expect(dialog.locator('[data-field="evidence_days"]')).toContainText('90');
  await accessible(page);
  await dialog.getByRole('button', { name: '按所选保存' }).click();
  await expect(page.getByText('已保存')).toBeVisible();
  expect((await rule(page)).rule).toMatchObject({ behind_red_points: 25, evidence_days: 90 });
  await putRule(page, { behind_yellow_points: 10, behind_red_points: 30, evidence_days: null });
  await editProject(page, ID, { start: null, due: '2019-12-31', progress: null });
  await signOut(page);
});

test.describe('on a phone', () => {
  test.use({ viewport: PHONE, hasTouch: true, isMobile: true });

  test('rule and numbers fit the screen', async ({ page }) => {
    await signIn(page, 'planner');
    await page.goto('/lights?lang=en');
    await expect(page.getByRole('region', { name: 'Change the numbers' })).toBeVisible();
    await page.getByLabel('Yellow: points behind').fill('2');
    await expect(page.getByText('Becomes', { exact: true }).first()).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
    await accessible(page);
  });
});
