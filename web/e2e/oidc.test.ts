// Signing in at a real identity provider: there and back, and every way in which it can come to nothing.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { accessible, expect, test as base } from './guatu.ts';
import { PASSWORD } from './people.ts';
import { CLIENT, freePort, startProvider, type RunningProvider } from './provider.ts';
import { program, start, type Running } from './server.ts';

/** A server for these journeys alone, and the provider that it knows. */
const test = base.extend<object, { provider: RunningProvider; server: Running; port: number }>({
  port: [async ({}, use) => use(await freePort()), { scope: 'worker' }],
  provider: [
    async ({ port }, use) => {
      const provider = await startProvider(`http://127.0.0.1:${port}/api/v1/session/oidc/callback`);
      await use(provider);
      await provider.stop();
    },
    { scope: 'worker' },
  ],
  server: [
    async ({ port, provider }, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'guatu-oidc-'));
      const [secret, config] = [join(folder, 'secret'), join(folder, 'guatu.toml')];
      await writeFile(secret, CLIENT.secret);
      await writeFile(
        config,
        `[server]
        public_url = "http://127.0.0.1:${port}"
        [auth.oidc]
        name = "区统一账号"
        issuer = "${provider.issuer}"
        client_id = "${CLIENT.id}"
        client_secret_file = "${secret}"
        scopes = ["profile", "groups"]
        role_claim = "groups"
        roles = { "plan-office" = "planner", "survey" = "gis" }`,
      );
      const server = await start(program(), '--listen', `127.0.0.1:${port}`, '--config', config);
      await use(server);
      await server.stop();
      await rm(folder, { recursive: true });
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ server }, use) => use(server.url),
});

test.describe.configure({ mode: 'serial' });

test.beforeEach(({ watch, provider }) => {
  // The browser goes to the provider, and to nobody else.
  watch.allow.push(new RegExp(`^foreign request: ${provider.issuer}/`));
});

function users(server: Running, ...args: string[]): string {
  return execFileSync(program(), ['user', ...args, '--data', server.data], { encoding: 'utf8' });
}

const dialog = (page: Page) => page.getByRole('dialog', { name: /登录|Sign in/ });
const byProvider = (page: Page) => dialog(page).getByRole('link', { name: '区统一账号' });

/** Opens the sign-in and goes to the provider, from a page that is drawn at once unless another matters. */
async function leave(page: Page, path = '/dashboard'): Promise<void> {
  await page.goto(path);
  await page.getByRole('button', { name: /^(登录|Sign in)$/ }).click();
  await byProvider(page).click();
}

/** Why nobody was signed in, as the app says; nothing of it stays in the address. */
async function says(page: Page, text: string): Promise<void> {
  await expect(dialog(page).getByRole('alert')).toHaveText(text);
  await expect(page).not.toHaveURL(/sign-in|state|code/);
}

test('whom the provider vouches for comes back to the page they left, with the roles of their groups', async ({
  page,
  server,
}) => {
  await leave(page, '/?lang=en&tab=results');
  await page.getByRole('link', { name: '王芳' }).click();
  await page.getByRole('button', { name: 'Account: 王芳' }).click();
  await expect(page).toHaveURL(/^http:\/\/127\.0\.0\.1:\d+\/\?(?=.*lang=en)(?=.*tab=results)[^#]*$/);
  await expect(page.getByText('wang-fang · Planner')).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  expect((await (await page.request.get('/api/v1/session')).json()).user).toBeNull();
  // The same person again is the same account; the provider still knows who it is.
  await page.getByRole('button', { name: 'Sign in' }).click();
  await byProvider(page).click();
  await expect(page.getByRole('button', { name: 'Account: 王芳' })).toBeVisible();
  expect(users(server, 'list').match(/wang-fang/g)).toHaveLength(1);
  const cookies = await page.context().cookies(server.url);
  expect(cookies.map((c) => [c.name, c.httpOnly, c.sameSite])).toEqual([['guatu_session', true, 'Lax']]);
});

test('who says no at the provider is told so, and may try again', async ({ page }) => {
  await leave(page, '/dashboard?lang=en');
  await page.getByRole('link', { name: 'Cancel' }).click();
  await says(page, 'The sign-in with 区统一账号 was cancelled. Try again, or use a password.');
  await accessible(page);
  await leave(page, '/dashboard?lang=zh');
  await page.getByRole('link', { name: 'Cancel' }).click();
  await says(page, '在区统一账号的登录已取消。可以再试一次，或用密码登录。');
  await page.reload();
  await expect(page.getByRole('button', { name: '登录' })).toBeVisible();
  await expect(dialog(page)).toHaveCount(0);
  await page.getByRole('button', { name: '登录' }).click();
  await byProvider(page).click();
  await page.getByRole('link', { name: '陈测' }).click();
  await expect(page.getByRole('button', { name: '账户: 陈测' })).toBeVisible();
});

test('an answer that was used, or that another browser fetched, leads to a page and signs nobody in', async ({
  page,
  browser,
  server,
}) => {
  const answers: string[] = [];
  page.on('request', (request) => request.url().includes('/callback?') && answers.push(request.url()));
  await leave(page);
  await page.getByRole('link', { name: '王芳' }).click();
  await expect(page.getByRole('button', { name: '账户: 王芳' })).toBeVisible();
  expect(answers).toHaveLength(1);
  // Whoever is signed in need not know that the Back button led to an old answer.
  await page.goto(answers[0]!);
  await expect(page.getByRole('button', { name: '账户: 王芳' })).toBeVisible();
  await expect(dialog(page)).toHaveCount(0);
  await page.context().clearCookies({ name: 'guatu_session' });
  await page.goto(answers[0]!);
  await says(page, '这次登录已失效：时间太长，或是在别的窗口开始的。请重新登录。');

  const other = await (await browser.newContext({ baseURL: server.url, locale: 'zh-CN' })).newPage();
  try {
    await page.context().clearCookies();
    const answer = page.waitForRequest(/callback\?/);
    await page.route(/callback\?/, (route) => route.abort());
    await leave(page);
    await page.getByRole('link', { name: '王芳' }).click();
    await other.goto((await answer).url());
    await says(other, '这次登录已失效：时间太长，或是在别的窗口开始的。请重新登录。');
    expect((await (await other.request.get('/api/v1/session')).json()).user).toBeNull();
  } finally {
    await other.context().close();
  }
});

test('who has no role or was disabled is told, and may come as somebody else', async ({ page, server }) => {
  await leave(page);
  await page.getByRole('link', { name: '外人' }).click();
  await says(page, '您在区统一账号的分组在这里没有角色。请管理员把您加进分组。');
  users(server, 'disable', 'chen');
  // The provider would answer at once with whoever is signed in there.
  await byProvider(page).click();
  await page.getByRole('link', { name: '陈测' }).click();
  await says(page, '您在这里的账户已停用。有疑问请找管理员。');
  await byProvider(page).click();
  await page.getByRole('link', { name: '王芳' }).click();
  await expect(page.getByRole('button', { name: '账户: 王芳' })).toBeVisible();
});

test('a link to begin with cannot send anybody to another site', async ({ page, server }) => {
  await page.goto('/api/v1/session/oidc?page=//example.org/');
  await page.getByRole('link', { name: '王芳' }).click();
  await expect(page).toHaveURL(`${server.url}/`);
});

test('while the provider is down the sign-in says so, and a password still opens', async ({
  page,
  server,
  provider,
}) => {
  const link = /\/invite#token=(\S+)/.exec(
    users(server, 'add', 'clerk', '--display-name', '办事员', '--role', 'viewer'),
  )!;
  const headers = { 'sec-fetch-site': 'same-origin' };
  const data = { token: link[1], password: PASSWORD };
  expect((await page.request.post('/api/v1/invitations', { headers, data })).ok()).toBe(true);
  await page.context().clearCookies();
  await provider.stop();
  // For some seconds the server takes it for granted that the provider is still there.
  await page.waitForTimeout(5_000);
  await leave(page);
  await says(page, '区统一账号现在没有回应。请稍后再试，或用密码登录。');
  await dialog(page).getByLabel('用户名').fill('clerk');
  await dialog(page).getByLabel('密码').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: '账户: 办事员' })).toBeVisible();
  // It is back, with other keys.
  await provider.start();
  await page.context().clearCookies();
  await leave(page);
  await page.getByRole('link', { name: '王芳' }).click();
  await expect(page.getByRole('button', { name: '账户: 王芳' })).toBeVisible();
});
