// Records come and go: a project that is made, placed, deleted and brought back; a target with its first reading; the
// members of a quota.
import type { Page } from '@playwright/test';
import { accessible, expect, onScreen, painted, PHONE, test } from './guatu.ts';
import { signIn } from './people.ts';

test.describe.configure({ mode: 'serial' });

const ID = 'chuangye-park-phase-2';
const card = (page: Page) => page.getByRole('region', { name: '详情' });
const plan = (page: Page) => page.getByRole('region', { name: '计划与结果' });
const answer = async (page: Page, path: string) => (await page.request.get(path)).status();

async function removeAsColleague(page: Page, path: string): Promise<void> {
  await page.request.delete(path, { headers: { 'sec-fetch-site': 'same-origin', 'if-match': '*' } });
}

test('readers are offered nothing to add', async ({ page }) => {
  await page.goto('/');
  await expect(plan(page).getByRole('button', { name: /更高质量抓招商/ })).toBeVisible();
  await expect(page.getByRole('button', { name: /新项目|添加/ })).toHaveCount(0);
  await page.goto('/?panel=new');
  await expect(card(page).getByText('登录后才能修改')).toBeVisible();
});

test('a new project opens without a place, is placed, deleted with it, and comes back whole', async ({
  page,
  watch,
}) => {
  test.slow();
  // The card of what was deleted may be asked for once more before it closes.
  watch.allow.push(/404/);
  await signIn(page, 'lead');
  await page.goto('/');
  await painted(page);
  await plan(page).getByRole('button', { name: '新项目' }).click();
  await expect(card(page).getByRole('heading', { name: '新项目' })).toBeVisible();
  await card(page).getByLabel('名称（中文）').fill('创业公园二期');
  await card(page).getByLabel('名称（英文）').fill('Chuangye Park, phase 2');
  await expect(card(page).getByLabel('编号')).toHaveValue(ID);
  await card(page).getByRole('button', { name: '添加', exact: true }).click();
  await expect(card(page).getByText(/4 处要改/)).toBeVisible();
  await card(page).getByLabel('类型').selectOption('park');
  await card(page).getByLabel('章节').selectOption({ index: 1 });
  await card(page).getByLabel('条', { exact: true }).fill('1');
  await card(page).getByLabel('年度目标').selectOption('open');
  await accessible(page);
  await card(page).getByRole('button', { name: '添加', exact: true }).click();
  await expect(card(page).getByRole('heading', { name: '创业公园二期' })).toBeVisible();
  await expect(card(page).getByText('这个项目在地图上还没有位置')).toBeVisible();
  await accessible(page);

  await card(page).getByRole('button', { name: '画出位置' }).click();
  await expect(card(page).getByRole('button', { name: '画面' })).toBeVisible();
  await expect.poll(() => page.evaluate(() => window.__guatu!.map.isMoving())).toBe(false);
  const corners: [number, number][] = [[120.74, 30.74], [120.745, 30.74], [120.745, 30.745]]; // prettier-ignore
  for (const [lon, lat] of corners) {
    const at = await onScreen(page, lon, lat);
    await page.mouse.click(at.x, at.y);
  }
  await page.keyboard.press('Enter');
  await expect(card(page).getByText(/1 个图形/)).toBeVisible();
  await card(page).getByRole('button', { name: '保存' }).click();
  await expect(page.getByText('已保存')).toBeVisible();
  await expect(card(page).getByText('这个项目在地图上还没有位置')).toHaveCount(0);
  const history = page.getByRole('region', { name: '动态' });
  await expect(history.getByRole('article')).toHaveCount(2);

  await card(page).getByRole('button', { name: '修改', exact: true }).click();
  await card(page).getByRole('button', { name: '删除：创业公园二期' }).click();
  const dialog = page.getByRole('dialog', { name: '删除：创业公园二期' });
  await expect(dialog.getByText('地图上的位置，共 1 处')).toBeVisible();
  await dialog.getByRole('button', { name: '确定删除' }).click();
  await expect(dialog.getByRole('alert').filter({ hasText: '请填写' })).toBeVisible();
  await dialog.getByLabel('为什么删除').fill('录入重复');
  await accessible(page);
  await dialog.getByRole('button', { name: '确定删除' }).click();
  const notice = page.getByRole('status').filter({ hasText: '已删除：创业公园二期' });
  await expect(notice).toBeVisible();
  expect(await answer(page, `/api/v1/projects/${ID}`)).toBe(404);
  await accessible(page);
  await notice.getByRole('button', { name: '撤销' }).click();
  await expect(card(page).getByRole('heading', { name: '创业公园二期' })).toBeVisible();
  await expect(card(page).getByText('这个项目在地图上还没有位置')).toHaveCount(0);

  await page.goto('/audit?type=project');
  const log = page.getByRole('list', { name: '变更列表' });
  await expect(log.getByRole('article').filter({ hasText: '录入重复' }).first()).toContainText('删除');
});

test('who may not change places is told so before a placed project goes', async ({ page }) => {
  await signIn(page, 'planner');
  await page.goto(`/?project=${ID}&panel=edit`);
  await card(page).getByRole('button', { name: '删除：创业公园二期' }).click();
  const dialog = page.getByRole('dialog', { name: '删除：创业公园二期' });
  await expect(dialog.getByText(/还要测绘角色/)).toBeVisible();
  await expect(dialog.getByRole('button', { name: '确定删除' })).toBeDisabled();
  await accessible(page);
});

test('a named member leaves its quota when its project goes, and is back with it', async ({ page, watch }) => {
  watch.allow.push(/404/);
  await signIn(page, 'lead');
  const { quotas } = await (await page.request.get('/api/v1/quotas')).json();
  const quota = quotas.find((q: { members: string[] }) => q.members.length > 0);
  await page.goto(`/?project=${quota.members[0]}&panel=edit`);
  await card(page)
    .getByRole('button', { name: /^删除：/ })
    .click();
  const dialog = page.getByRole('dialog', { name: /^删除：/ });
  await expect(dialog.getByText(`从名额“${quota.name.zh}”里去掉`)).toBeVisible();
  await dialog.getByLabel('为什么删除').fill('并入二期');
  await dialog.getByRole('button', { name: '确定删除' }).click();
  const notice = page.getByRole('status').filter({ hasText: '已删除' });
  const now = async () => (await (await page.request.get(`/api/v1/quotas/${quota.id}`)).json()).members;
  await expect(notice).toBeVisible();
  expect(await now()).not.toContain(quota.members[0]);
  await notice.getByRole('button', { name: '撤销' }).click();
  await expect(page.getByText('已撤销').first()).toBeVisible();
  expect((await now()).sort()).toEqual([...quota.members].sort());
});

test('a target is made, takes its first reading, is changed and goes', async ({ page, watch }) => {
  watch.allow.push(/422/);
  await signIn(page, 'planner');
  await page.goto('/');
  await plan(page)
    .getByRole('button', { name: /更高质量抓招商/ })
    .first()
    .click();
  await plan(page).getByRole('button', { name: '添加到本章' }).click();
  await plan(page).getByRole('button', { name: '目标', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: '添加：目标' });
  await dialog.getByLabel('名称（中文）').fill('新增绿地');
  await dialog.getByLabel('名称（英文）').fill('New green space');
  await dialog.getByLabel('条', { exact: true }).fill('1');
  await dialog.getByLabel('数值').fill('12');
  await dialog.getByLabel('单位（中文）').fill('公顷');
  await dialog.getByLabel('单位（英文）').fill('hectares');
  await expect(dialog.getByLabel('章节')).toHaveValue('s1');
  await accessible(page);
  await dialog.getByRole('button', { name: '添加', exact: true }).click();
  const row = plan(page).getByRole('listitem').filter({ hasText: '新增绿地' });
  await expect(row).toContainText('≥ 12 公顷');
  await row.getByRole('button', { name: '填读数：新增绿地' }).click();
  const reading = page.getByRole('dialog', { name: /^填读数/ });
  await reading.getByLabel(/^读数/).fill('13.5');
  await reading.getByLabel('来源').fill('园林局');
  await reading.getByRole('button', { name: '保存' }).click();
  await expect(row).toContainText('已达到');

  await row.getByRole('button', { name: '修改：新增绿地' }).click();
  const form = page.getByRole('dialog', { name: '修改：目标' });
  await expect(form.getByLabel('要求')).toHaveValue('>=');
  await form.getByLabel('数值', { exact: true }).fill('15');
  await form.getByLabel('力争').fill('20');
  await form.getByRole('button', { name: '保存' }).click();
  await expect(row).toContainText('力争 20 公顷');
  await expect(row).toContainText('未达到');

  await row.getByRole('button', { name: '修改：新增绿地' }).click();
  await form.getByRole('button', { name: '删除：新增绿地' }).click();
  const sure = page.getByRole('dialog', { name: '删除：新增绿地' });
  await expect(sure.getByText('读数，共 1 个')).toBeVisible();
  await sure.getByLabel('为什么删除').fill('不再考核');
  await sure.getByRole('button', { name: '确定删除' }).click();
  await expect(row).toHaveCount(0);
});

test('an office that writes Chinese alone needs no English, and what is wrong takes the cursor', async ({ page }) => {
  await signIn(page, 'planner');
  await page.goto('/?project=zuili-road&panel=edit');
  await card(page).getByLabel('责任单位（中文）').fill('建设局');
  await card(page).getByLabel('责任单位（英文）').fill('');
  await card(page).getByLabel('进度（%）').fill('１４０');
  await card(page).getByRole('button', { name: '加一个节点' }).click();
  const n = await card(page)
    .getByLabel(/^节点名/)
    .count();
  const name = card(page).getByLabel(`节点名 ${n}`);
  await card(page).getByLabel(`应完成 ${n}`).fill('2019。9。1');
  await card(page).getByRole('button', { name: '保存' }).click();
  await expect(card(page).getByText('请填 0 到 100 之间的数')).toBeVisible();
  await expect(card(page).getByLabel('进度（%）')).toBeFocused();
  await expect(name).toHaveAttribute('aria-invalid', 'true');
  await card(page).getByLabel('进度（%）').fill('２０');
  await card(page).getByRole('button', { name: '保存' }).click();
  await expect(name).toBeFocused();
  await accessible(page);
  await name.fill('路基完成');
  await card(page).getByRole('button', { name: '保存' }).click();
  const work = page.getByRole('region', { name: '责任、资金和节点' });
  await expect(work).toContainText('建设局');
  await expect(work.getByRole('listitem').filter({ hasText: '路基完成' })).toContainText('2019-09-01');
  await accessible(page);
});

test('a wrong reading is removed, and is back when that is undone', async ({ page }) => {
  await signIn(page, 'planner');
  const { targets } = await (await page.request.get('/api/v1/targets')).json();
  const { id, section, name, unit } = targets[0];
  const headers = { 'sec-fetch-site': 'same-origin' };
  const data = { date: '2019-02-28', value: 3, unit, source: '误报' };
  const made = await page.request.post(`/api/v1/targets/${id}/readings`, { headers, data });
  expect(made.status(), await made.text()).toBe(201);
  await page.goto('/');
  const { sections } = await (
    await page.request.get('/api/v1/plans')
  )
    .json()
    .then(async ({ plans }) => (await page.request.get(`/api/v1/plans/${plans[0].id}`)).json());
  const title = sections.find((s: { id: string }) => s.id === section).name.zh;
  await plan(page).getByRole('button', { name: title }).first().click();
  await plan(page)
    .getByRole('button', { name: `填读数：${name.zh}` })
    .click();
  const dialog = page.getByRole('dialog', { name: /^填读数/ });
  await accessible(page);
  await dialog.getByRole('button', { name: '去掉 2019-02-28 的读数' }).click();
  await expect(dialog.getByText('2019-02-28', { exact: true })).toHaveCount(0);
  await page.keyboard.press('Escape');
  const notice = page.getByRole('status').filter({ hasText: '已去掉 2019-02-28 的读数' });
  await notice.getByRole('button', { name: '撤销' }).click();
  const readings = async () => (await (await page.request.get(`/api/v1/targets/${id}`)).json()).readings;
  await expect.poll(readings).toContainEqual({ date: '2019-02-28', value: 3, source: '误报' });
  await page.request.delete(`/api/v1/targets/${id}/readings/2019-02-28`, { headers: { ...headers, 'if-match': '*' } });
});

test('a record that does not arrive says so, and its dialogue closes', async ({ page, watch }) => {
  watch.allow.push(/500/);
  await signIn(page, 'planner');
  await page.route('**/api/v1/targets/*', (route) => route.fulfill({ status: 500, body: 'no' }));
  await page.goto('/');
  await plan(page)
    .getByRole('button', { name: /更高质量抓招商/ })
    .first()
    .click();
  for (const close of ['Escape', '关闭']) {
    await plan(page)
      .getByRole('button', { name: /^修改：/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog', { name: /^修改/ });
    await expect(dialog.getByText('没有取到数据')).toBeVisible();
    if (close === 'Escape') await page.keyboard.press(close);
    else await dialog.getByRole('button', { name: close }).click();
    await expect(dialog).toHaveCount(0);
  }
});

test('the members of a new quota are found by name, and each counts once', async ({ page }) => {
  await signIn(page, 'planner');
  await page.goto('/');
  await plan(page).getByRole('button', { name: '给计划添加' }).click();
  await plan(page).getByRole('button', { name: '名额', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: '添加：名额' });
  await dialog.getByLabel('名称（中文）').fill('新建公园三个');
  await dialog.getByLabel('名称（英文）').fill('Three new parks');
  await dialog.getByLabel('章节').selectOption({ index: 1 });
  await dialog.getByLabel('条', { exact: true }).fill('1');
  await dialog.getByLabel('名额数').fill('3');
  await dialog.getByLabel('年度目标').selectOption('open');
  await dialog.getByLabel('按名称找').fill('创业公园二期');
  await dialog.getByRole('checkbox', { name: /创业公园二期/ }).check();
  await dialog.getByLabel('按名称找').fill('');
  // What another quota names already cannot be taken.
  await expect(dialog.getByRole('checkbox', { name: /已列入/ }).first()).toBeDisabled();
  await accessible(page);
  await dialog.getByRole('button', { name: '添加', exact: true }).click();
  await expect(plan(page).locator('[data-quota="three-new-parks"]')).toContainText('列名 1 / 3');
  const { members } = await (await page.request.get('/api/v1/quotas/three-new-parks')).json();
  expect(members).toEqual([ID]);
  const item = plan(page).getByRole('listitem').filter({ hasText: '新建公园三个' });
  await item.getByRole('button', { name: '修改：新建公园三个' }).click();
  const form = page.getByRole('dialog', { name: '修改：名额' });
  await form.getByRole('checkbox', { name: /创业公园二期/ }).uncheck();
  await form.getByRole('button', { name: '保存' }).click();
  await expect(plan(page).locator('[data-quota="three-new-parks"]')).toContainText('列名 0 / 3');
});

test('what these journeys made is taken away again', async ({ page }) => {
  await signIn(page, 'lead');
  const project = await (await page.request.get(`/api/v1/projects/${ID}`)).json();
  for (const { id, properties } of project.features.features) {
    await removeAsColleague(page, `/ogc/collections/${properties.collection}/items/${id}`);
  }
  await removeAsColleague(page, '/api/v1/quotas/three-new-parks');
  await removeAsColleague(page, `/api/v1/projects/${ID}`);
  expect(await answer(page, `/api/v1/projects/${ID}`)).toBe(404);
});

test.describe('on a phone', () => {
  test.use({ viewport: PHONE, hasTouch: true, isMobile: true });

  test('a new project fits the screen, and what is pressed takes a finger', async ({ page }) => {
    await signIn(page, 'planner');
    await page.goto('/?panel=new');
    await expect(page.getByLabel('编号')).toBeVisible();
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('.sheet :is(button, select, summary, input)')]
        .filter((e) => !e.matches('.handle') && e.getClientRects().length > 0)
        .filter((e) => e.getBoundingClientRect().height < 46)
        .map((e) => e.outerHTML.slice(0, 80)),
    );
    expect(small).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
    await accessible(page);
  });
});
