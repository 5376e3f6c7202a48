// Who may come in: the first administrator, an invited colleague, keys for programs, and the switch for everybody else.
import { accessible, expect, painted, test } from './guatu.ts';
import { PASSWORD, setupToken, signIn, signOut } from './people.ts';

test.describe.configure({ mode: 'serial' });

test('the one-time link sets up the first administrator and leaves no token behind', async ({ page, watch }) => {
  test.skip(!setupToken(), 'the server is set up already');
  const session = await (await page.request.get('/api/v1/session')).json();
  test.skip(!session.setup_needed, 'the server is set up already');
  watch.allow.push(/401|403|404|409/);
  await page.goto(`/setup#token=${setupToken()}`);
  await expect(page.getByRole('heading', { name: '设立第一个管理员' })).toBeVisible();
  expect(page.url()).not.toContain('token');
  await page.getByLabel('用户名').fill('admin');
  await page.getByLabel('用户名').fill('Li Ming');
  await page.getByLabel('姓名').fill('管理员');
  await page.getByLabel('新密码').fill(PASSWORD);
  await page.getByLabel('再输入一次').fill('something else');
  await page.getByRole('button', { name: '开始使用' }).click();
  await expect(page.getByText('两次输入的不一样')).toBeVisible();
  await expect(page.getByText(/用户名只能用/)).toBeVisible();
  await expect(page.getByLabel('用户名')).toBeFocused();
  await page.getByLabel('用户名').fill('admin');
  await accessible(page);
  await page.getByLabel('再输入一次').fill(PASSWORD);
  await page.getByRole('button', { name: '开始使用' }).click();
  await expect(page.getByRole('button', { name: '账户: 管理员' })).toBeVisible();
  await page.goto(`/setup#token=${setupToken()}`);
  await page.getByLabel('用户名').fill('second');
  await page.getByLabel('姓名').fill('第二个');
  await page.getByLabel('新密码').fill(PASSWORD);
  await page.getByLabel('再输入一次').fill(PASSWORD);
  await page.getByRole('button', { name: '开始使用' }).click();
  await expect(page.getByRole('alert')).toContainText('已用过或已过期');
});

test('a colleague is added, comes in by the link, is switched off and stays out', async ({
  page,
  browser,
  baseURL,
  watch,
}) => {
  watch.allow.push(/401|409/);
  await signIn(page, 'admin');
  await page.goto('/accounts');
  const name = `wang-${Date.now()}`;
  await page.getByLabel('用户名').fill(name);
  await page.getByLabel('姓名').fill('王工');
  await page.getByRole('checkbox', { name: /^测绘/ }).first().check();
  await page.getByRole('button', { name: '添加账户' }).click();
  const link = await page.getByRole('textbox', { name: `${name} 的一次性链接` }).inputValue();
  expect(link).toContain('/invite#token=');
  await accessible(page);

  const colleague = await (await browser.newContext({ baseURL, locale: 'zh-CN' })).newPage();
  await colleague.goto(link);
  await colleague.getByLabel('新密码').fill(PASSWORD);
  await colleague.getByLabel('再输入一次').fill(PASSWORD);
  await colleague.getByRole('button', { name: '保存并登录' }).click();
  await colleague.getByRole('button', { name: '账户: 王工' }).click();
  await expect(colleague.getByRole('button', { name: '待落位清单' })).toBeVisible();
  await expect(colleague.getByRole('button', { name: '账户', exact: true })).toHaveCount(0);

  const row = page.locator(`[data-account="${name}"]`);
  await row.getByRole('button', { name: /更改/ }).click();
  await row.getByRole('button', { name: '停用' }).click();
  await page.getByRole('dialog', { name: '停用王工的账户？' }).getByRole('button', { name: '停用' }).click();
  await expect(row.getByText('已停用')).toBeVisible();
  await colleague.goto('/');
  await expect(colleague.getByRole('button', { name: '登录' })).toBeVisible();
  await colleague.context().close();
});

test('the last administrator cannot be switched off, and is told so', async ({ page, watch }) => {
  watch.allow.push(/409/);
  await signIn(page, 'admin');
  await page.goto('/accounts');
  const row = page.locator('[data-account="admin"]');
  await row.getByRole('button', { name: /更改/ }).click();
  await row.getByRole('button', { name: '停用' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '停用' }).click();
  await expect(row.getByRole('alert')).toContainText('最后一个管理员');
  const box = row.getByRole('checkbox', { name: /^管理/ });
  await box.click();
  await page.getByRole('dialog', { name: '不再当管理员？' }).getByRole('button', { name: '不改' }).click();
  await expect(box).toBeChecked();
  await box.click();
  await page.getByRole('dialog').getByRole('button', { name: '去掉管理角色' }).click();
  await expect(row.getByRole('alert')).toContainText('最后一个管理员');
  await expect(box).toBeChecked();
});

test('a role is given with a word and can be taken back; an administrator is made on purpose only', async ({
  page,
}) => {
  await signIn(page, 'viewer');
  await signIn(page, 'admin');
  await page.goto('/accounts');
  const row = page.locator('[data-account="viewer"]');
  await row.getByRole('button', { name: /更改/ }).click();
  const [planner, admin] = [row.getByRole('checkbox', { name: /^计划/ }), row.getByRole('checkbox', { name: /^管理/ })];
  await planner.click();
  const notice = page.getByRole('status').filter({ hasText: '读者的角色：查看、计划' });
  await notice.getByRole('button', { name: '撤销' }).click();
  await expect(planner).not.toBeChecked();
  await admin.click();
  const dialog = page.getByRole('dialog', { name: '让读者成为管理员？' });
  await accessible(page);
  await dialog.getByRole('button', { name: '不改' }).click();
  await expect(admin).not.toBeChecked();
});

test('a wrong password says so, the right one opens the menu, and signing out closes it', async ({ page, watch }) => {
  watch.allow.push(/401/);
  await signIn(page, 'planner');
  await signOut(page);
  await page.goto('/');
  await page.getByRole('button', { name: '登录' }).click();
  const dialog = page.getByRole('dialog', { name: '登录' });
  await dialog.getByLabel('用户名').fill('planner');
  await dialog.getByLabel('密码').fill('not the password');
  await dialog.getByRole('button', { name: '登录' }).click();
  await expect(dialog.getByRole('alert')).toHaveText('用户名或密码不对');
  await accessible(page);
  await dialog.getByLabel('密码').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: '账户: 计划员' }).click();
  await accessible(page);
  await page.getByRole('button', { name: '退出登录' }).click();
  await expect(page.getByRole('button', { name: '登录' })).toBeVisible();
});

test('a key for a program is shown once and can be taken back', async ({ page }) => {
  await signIn(page, 'planner');
  await page.goto('/tokens?lang=en');
  const label = `QGIS ${Date.now()}`;
  await page.getByLabel('What it is for').fill(label);
  await page.getByRole('button', { name: 'New key' }).click();
  await expect(page.getByRole('textbox', { name: `Key: ${label}` })).toHaveValue(/^guatu_/);
  await accessible(page);
  await page.reload();
  await expect(page.getByRole('textbox', { name: `Key: ${label}` })).toHaveCount(0);
  await page.getByRole('button', { name: `Take back: ${label}` }).click();
  await expect(page.getByText(label)).toHaveCount(0);
});

test('without anonymous reading the plan asks for a sign-in and opens after it', async ({
  page,
  browser,
  baseURL,
  watch,
}) => {
  watch.allow.push(/401/);
  await signIn(page, 'viewer');
  await signIn(page, 'admin');
  await page.goto('/accounts');
  await page.getByRole('switch').click();
  await expect(page.getByText('登录后才能看。')).toBeVisible();
  const guest = await (await browser.newContext({ baseURL, locale: 'zh-CN' })).newPage();
  try {
    await guest.goto('/');
    const dialog = guest.getByRole('dialog', { name: '登录' });
    await expect(dialog.getByText('这里的计划登录后才能看。')).toBeVisible();
    await expect(dialog.getByLabel('用户名')).toBeFocused();
    await expect(guest.getByText('登录后看计划')).toBeVisible();
    await expect(guest.getByText('没有取到数据')).toHaveCount(0);
    await dialog.getByLabel('用户名').fill('viewer');
    await dialog.getByLabel('密码').fill(PASSWORD);
    await guest.keyboard.press('Enter');
    await expect(guest.getByRole('heading', { name: '嘉兴经济技术开发区' })).toBeVisible();
    await painted(guest);
  } finally {
    await page.getByRole('switch').click();
    await expect(page.getByRole('switch')).toBeChecked();
    await guest.context().close();
  }
});

test('accounts are not shown to those who do not run them', async ({ page }) => {
  await signIn(page, 'viewer');
  await page.goto('/accounts');
  await expect(page.getByText('您的角色不能做这件事')).toBeVisible();
});
