// Who changed what: in the project's own activity, on the page of all changes, and undone again.
import { PHONE, accessible, expect, painted, test } from './guatu.ts';
import { editProject, signIn } from './people.ts';

const PROJECT = 'zuili-road';
const NOTE = { zh: '现场会议', en: 'Meeting on site' };

test('an edit is told in words in both languages, and undone', async ({ page }) => {
  await signIn(page, 'planner');
  const before = (await (await page.request.get(`/api/v1/projects/${PROJECT}`)).json()).note;
  await editProject(page, PROJECT, { note: NOTE });
  await page.goto(`/?project=${PROJECT}`);
  await painted(page);
  const history = page.getByRole('region', { name: '动态' });
  const newest = history.getByRole('article').first();
  await expect(newest).toContainText(`备注 ${before ? before.zh : '无'} → ${NOTE.zh}`);
  await accessible(page);
  await page.getByRole('button', { name: 'Switch to English' }).click();
  const english = page.getByRole('region', { name: 'Activity' });
  await expect(english.getByRole('article').first()).toContainText(`→ ${NOTE.en}`);
  await english
    .getByRole('article')
    .first()
    .getByRole('button', { name: /^Undo change/ })
    .click();
  const dialog = page.getByRole('dialog', { name: /^Undo “Changed/ });
  await accessible(page);
  await dialog.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(english.getByRole('article').first()).toContainText('Undid change');
  const after = (await (await page.request.get(`/api/v1/projects/${PROJECT}`)).json()).note;
  expect(after).toEqual(before);
});

test('what a later change has touched cannot be undone, and the reader is told why', async ({ page, watch }) => {
  watch.allow.push(/409/);
  await signIn(page, 'planner');
  await editProject(page, PROJECT, { note: { zh: '第一', en: 'First' } });
  await editProject(page, PROJECT, { note: { zh: '第二', en: 'Second' } });
  await page.goto(`/?project=${PROJECT}`);
  const history = page.getByRole('region', { name: '动态' });
  await expect(history.getByRole('article').first()).toContainText('第一 → 第二');
  const older = history.getByRole('article').nth(1);
  await older.getByRole('button', { name: /撤销第/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: '不撤销' }).click();
  await older.getByRole('button', { name: /撤销第/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: '撤销', exact: true }).click();
  await expect(older.getByRole('alert')).toContainText('不能撤销');
  await accessible(page);
});

test('a creation is undone, is known as undone under a filter, and what still needs it is named', async ({
  page,
  watch,
}) => {
  watch.allow.push(/404|409/);
  await signIn(page, 'lead');
  const headers = { 'sec-fetch-site': 'same-origin' };
  const id = `undone-${Date.now()}`;
  const section = { id, name: { zh: '试一章', en: 'A trial' }, order: 90 };
  const made = await page.request.post('/api/v1/sections', { headers, data: section });
  expect(made.status(), await made.text()).toBe(201);
  const theme = { id: `${id}-theme`, name: { zh: '试', en: 'Trial' }, section: id, item: 0, note: null };
  expect((await page.request.post('/api/v1/themes', { headers, data: theme })).status()).toBe(201);
  await page.goto('/audit?change=created');
  const [SECTION, THEME] = [/章节\s*试一章/, /工作主题\s*试/];
  const log = page.getByRole('list', { name: '变更列表' });
  const entry = (text: RegExp) => log.getByRole('article').filter({ hasText: text }).first();
  async function undo(text: RegExp): Promise<void> {
    await entry(text)
      .getByRole('button', { name: /撤销第/ })
      .click();
    await page.getByRole('dialog').getByRole('button', { name: '撤销', exact: true }).click();
  }
  await undo(SECTION);
  await expect(entry(SECTION).getByRole('alert')).toContainText(`工作主题“${id}-theme”还用到它`);
  await undo(THEME);
  await expect(entry(THEME).getByText('已撤销')).toBeVisible();
  await expect(entry(THEME).getByRole('alert')).toHaveCount(0);
  await page.reload();
  await expect(entry(THEME).getByText('已撤销')).toBeVisible();
  await undo(SECTION);
  await expect(entry(SECTION).getByText('已撤销')).toBeVisible();
});

test('who is not signed in sees the changes but no way to undo them', async ({ page }) => {
  await page.goto(`/?project=${PROJECT}`);
  const history = page.getByRole('region', { name: '动态' });
  await expect(history.getByRole('article').first()).toBeVisible();
  await expect(history.getByRole('button', { name: /撤销第/ })).toHaveCount(0);
});

test('all changes: filters live in the address, and pages follow one another', async ({ page }) => {
  await signIn(page, 'planner');
  await page.goto('/audit');
  const list = page.getByRole('list', { name: '变更列表' });
  await expect(list.getByRole('article').first()).toBeVisible();
  await accessible(page);
  const more = page.getByRole('button', { name: '更早的' });
  const shown = await list.getByRole('article').count();
  if (await more.isVisible()) {
    await more.click();
    await expect.poll(() => list.getByRole('article').count()).toBeGreaterThan(shown);
  }
  const seqs = await list.getByRole('article').evaluateAll((all) => all.map((a) => Number(a.getAttribute('data-seq'))));
  expect(seqs).toEqual([...seqs].sort((a, b) => b - a));
  await page.getByRole('combobox', { name: '对象' }).selectOption('project');
  await expect(page).toHaveURL(/type=project/);
  await expect(list.getByRole('link').first()).toBeVisible();
  await page.getByRole('combobox', { name: '操作', exact: true }).selectOption('created');
  await expect(page).toHaveURL(/change=created/);
  await page.getByRole('combobox', { name: '操作人' }).fill('nobody-by-this-name');
  await page.keyboard.press('Enter');
  await expect(page.getByText('没有符合的变更')).toBeVisible();
  await page.getByRole('button', { name: '清除筛选' }).last().click();
  await expect(page).not.toHaveURL(/type=|change=|actor=/);
  await expect(list.getByRole('article').first()).toBeVisible();
});

test('a day is typed as it is written here, and what is none is told', async ({ page }) => {
  await page.goto('/audit');
  const from = page.getByLabel('从', { exact: true });
  await from.fill('2019年5月1日');
  await from.press('Enter');
  await expect(from).toHaveValue('2019-05-01');
  await expect(page).toHaveURL(/from=2019-05-01/);
  await from.fill('31/05/2019');
  await from.blur();
  await expect(page.getByRole('alert')).toHaveText('请填日期，例如 2019-06-30');
  await expect(from).toHaveAttribute('aria-invalid', 'true');
  await accessible(page);
});

test('made-up data says so on every page', async ({ page }) => {
  const { plans } = await (await page.request.get('/api/v1/plans')).json();
  for (const path of ['/', '/dashboard', '/audit']) {
    await page.goto(path);
    await expect(page.getByText('模拟数据：')).toHaveCount(plans[0].simulated ? 1 : 0);
  }
});

test.describe('on a phone', () => {
  test.use({ viewport: PHONE, hasTouch: true, isMobile: true });

  test('the page of changes fits', async ({ page }) => {
    await page.goto('/audit');
    await expect(page.getByRole('list', { name: '变更列表' }).getByRole('article').first()).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
    await accessible(page);
  });
});
