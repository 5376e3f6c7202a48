// The time machine: a day in the past by slider, keys, play and link; two days compared, on the map and on paper.
import type { Page } from '@playwright/test';
import { DESKTOP, PHONE, accessible, drawn, expect, painted, test } from './guatu.ts';

test.use({ baseURL: process.env['GUATU_DEMO_URL'] });

interface Timeline {
  first: string;
  today: string;
  days: { date: string; changes: number }[];
}

async function timeline(page: Page): Promise<Timeline> {
  const found = (await (await page.request.get('/api/v1/timeline')).json()) as Timeline;
  expect(found.first < found.today, 'these journeys need a plan with a history').toBe(true);
  return found;
}

const plus = (day: string, days: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

const asOf = (page: Page) => new URL(page.url()).searchParams.get('as_of');

test('the slider goes back by day, month and to the first day, and back to today', async ({ page }) => {
  const { first, today } = await timeline(page);
  await page.goto('/');
  await painted(page);
  await page.getByRole('button', { name: '时间：回看过去的某一天' }).click();
  const slider = page.getByRole('slider', { name: '看哪一天' });
  await expect(slider).toHaveAttribute('aria-valuetext', `${today}，今天`);
  await slider.focus();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => asOf(page)).toBe(plus(today, -1));
  await page.getByRole('button', { name: '现在' }).click();
  await expect.poll(() => asOf(page)).toBeNull();
  await slider.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByText('正在看过去的一天')).toBeVisible();
  await page.keyboard.press('Home');
  await expect.poll(() => asOf(page)).toBe(first);
  const bar = page.getByRole('region', { name: '时间轴' });
  await expect(bar.locator('.day')).toHaveText(first);
  await page.keyboard.press('PageUp');
  await expect.poll(() => asOf(page)).not.toBe(first);
  await page.keyboard.press('End');
  await expect.poll(() => asOf(page)).toBeNull();
  await page.keyboard.press('PageDown');
  await expect.poll(() => asOf(page)).not.toBeNull();
  await accessible(page);
  await page.getByRole('button', { name: '回到今天' }).click();
  await expect(page.getByText('正在看过去的一天')).toBeHidden();
  expect(asOf(page)).toBeNull();
});

test('the year of the changes fills the timeline, and its labels do not touch', async ({ page }) => {
  for (const viewport of [DESKTOP, PHONE]) {
    await page.setViewportSize(viewport);
    const { first } = await timeline(page);
    await page.goto(`/?as_of=${plus(first, 180)}`);
    await painted(page);
    const bar = page.getByRole('region', { name: '时间轴' });
    const labels = bar.locator('.labels span');
    await expect(labels.first()).toBeVisible();
    const boxes = await labels.evaluateAll((all) =>
      all.map((e) => e.getBoundingClientRect()).sort((a, b) => a.left - b.left),
    );
    expect(boxes.length).toBeGreaterThan(3);
    for (const [i, box] of boxes.slice(1).entries()) expect(box.left).toBeGreaterThan(boxes[i]!.right + 2);
    // Half a year of the plan's year is near the middle, however long ago that year was.
    const thumb = await bar.getByRole('slider').evaluate((e: HTMLInputElement) => Number(e.value) / Number(e.max));
    expect(thumb).toBeGreaterThan(0.3);
    expect(thumb).toBeLessThan(0.7);
  }
});

test('a day in the past asks every read and every tile for that day, and a link reopens it', async ({ page }) => {
  const { first } = await timeline(page);
  const day = plus(first, 1);
  const asked: string[] = [];
  page.on('request', (r) => asked.push(new URL(r.url()).pathname + new URL(r.url()).search));
  await page.goto(`/?as_of=${day}&tab=results&project=zuili-road`);
  await painted(page);
  await expect(page.locator('.strips strong')).toHaveText(day);
  await expect.poll(async () => (await drawn(page)).length).toBeGreaterThan(0);
  const reads = asked.filter((a) => /^\/(api\/v1\/(projects(\?|\/[^/]+\?)|plans\/)|ogc\/|tiles\/places)/.test(a));
  expect(reads.length).toBeGreaterThan(4);
  expect(reads.filter((a) => !a.includes(`as_of=${day}`))).toEqual([]);
  expect(asked.some((a) => a.startsWith('/api/v1/events'))).toBe(false);
  await expect(page.getByRole('button', { name: /撤销第/ })).toHaveCount(0);
});

test('play moves by weeks and never empties the map', async ({ page }) => {
  const { first } = await timeline(page);
  await page.goto(`/?as_of=${first}`);
  await painted(page);
  await expect.poll(async () => (await drawn(page)).length).toBeGreaterThan(0);
  await page.getByRole('combobox', { name: '播放速度' }).selectOption('4');
  await page.getByRole('button', { name: '播放', exact: true }).click();
  const counts: number[] = [];
  for (let i = 0; i < 12; i++) {
    counts.push((await drawn(page)).length);
    await page.waitForTimeout(150);
  }
  await page.getByRole('button', { name: '停下' }).click();
  expect(Math.min(...counts)).toBeGreaterThan(0);
  const reached = asOf(page)!;
  expect(reached > first).toBe(true);
  expect(((Date.parse(reached) - Date.parse(first)) / 86_400_000) % 7).toBe(0);
});

test('a day before the first record says so and leads to the first', async ({ page, watch }) => {
  watch.allow.push(/404/);
  const { first } = await timeline(page);
  await page.goto(`/?as_of=${plus(first, -30)}`);
  await expect(page.getByText(`最早的记录是 ${first}。`)).toBeVisible();
  await accessible(page);
  await page
    .getByRole('button', { name: `看 ${first}` })
    .first()
    .click();
  await expect.poll(() => asOf(page)).toBe(first);
  await expect(page.getByRole('tab', { name: /项目/ })).toBeVisible();
});

test('two days compared: counts filter list and map, a link reopens it', async ({ page, browser, baseURL }) => {
  const { first, today } = await timeline(page);
  const answer = await (await page.request.get(`/api/v1/compare?from=${first}&to=${today}`)).json();
  const entries: { project: string; what: string[] }[] = answer.entries;
  await page.goto(`/?compare=${first}..${today}`);
  await painted(page);
  const card = page.getByRole('region', { name: '详情' });
  const list = card.getByRole('list', { name: '有变化的项目' });
  await expect(list.locator('[data-project]')).toHaveCount(entries.length);
  const filter = card.getByRole('group', { name: '按变化筛选' });
  const slipped = entries.filter((e) => e.what.includes('slipped')).length;
  await expect(filter.getByRole('button', { name: /后退/ })).toContainText(String(slipped));
  await filter.getByRole('button', { name: /后退/ }).click();
  await expect(page).toHaveURL(/what=slipped/);
  await expect(list.locator('[data-project]')).toHaveCount(slipped);
  await expect
    .poll(() =>
      page.evaluate(() => JSON.stringify(window.__guatu!.map.getStyle().layers.find((l) => l.id === 'change-point'))),
    )
    .toContain('change-point');
  await accessible(page);
  const other = await (await browser.newContext({ baseURL, locale: 'en-GB' })).newPage();
  await other.goto(page.url());
  await expect(other.getByRole('heading', { name: 'Compare two days' })).toBeVisible();
  await expect(other.getByRole('button', { name: /Slipped/, pressed: true })).toBeVisible();
  await other.context().close();
});

test('the comparison prints as a sheet and can be taken along', async ({ page }) => {
  const { first, today } = await timeline(page);
  await page.goto(`/?compare=${first}..${today}`);
  await painted(page);
  const csv = page.getByRole('link', { name: 'CSV' });
  const table = decodeURIComponent((await csv.getAttribute('href'))!.split(',').slice(1).join(','));
  expect(table.startsWith('\uFEFFid,项目')).toBe(true);
  await page.evaluate(() => (window.print = () => undefined));
  await page.getByRole('button', { name: '打印' }).click();
  const [changes, targets] = [page.locator('.paper table').first(), page.locator('.paper table').last()];
  await expect(changes.getByRole('columnheader', { name: '责任单位', includeHidden: true })).toHaveCount(1);
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('heading', { name: '计划变化对照表' })).toBeVisible();
  await expect(changes).toContainText(`${first} → ${today}`);
  await expect(targets.getByRole('columnheader', { name: '期内最新' })).toBeVisible();
  await expect(page.getByRole('heading', { name: '对比两天' })).toBeHidden();
});

test('presets change the days, and a day opens the time machine', async ({ page }) => {
  const { first, today } = await timeline(page);
  await page.goto(`/?compare=${first}..${today}`);
  await page.getByRole('button', { name: '上个月' }).click();
  await expect(page).not.toHaveURL(new RegExp(`compare=${first}`));
  const from = /compare=([\d-]+)\.\./.exec(page.url())![1]!;
  await page.getByRole('button', { name: `回看 ${from}` }).click();
  await expect.poll(() => asOf(page)).toBe(from);
  await expect(page).not.toHaveURL(/compare=/);
});

test('nothing is live on a day in the past', async ({ page }) => {
  const { first } = await timeline(page);
  const asked: string[] = [];
  page.on('request', (r) => asked.push(new URL(r.url()).pathname));
  await page.goto(`/?as_of=${first}`);
  await painted(page);
  await expect(page.getByText('正在看过去的一天')).toBeVisible();
  expect(asked).not.toContain('/api/v1/events');
  await page.getByRole('button', { name: '回到今天' }).click();
  await expect(page.getByText('实时', { exact: true })).toBeVisible();
});

test.describe('on a phone', () => {
  test.use({ viewport: PHONE, hasTouch: true, isMobile: true });

  test('the timeline and the comparison fit and take a finger', async ({ page }) => {
    const { first, today } = await timeline(page);
    await page.goto(`/?as_of=${plus(first, 3)}`);
    await painted(page);
    await expect(page.getByRole('slider', { name: '看哪一天' })).toBeVisible();
    await accessible(page);
    const small = () =>
      page.evaluate(() =>
        [...document.querySelectorAll('.bar button, .bar select, .bar input, .strips button, .screen button')]
          .filter((e) => e.getClientRects().length > 0)
          .map((e) => ({ text: e.getAttribute('aria-label') ?? e.textContent, h: e.getBoundingClientRect().height }))
          .filter((e) => e.h < 44),
      );
    expect(await small()).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
    await page.goto(`/?compare=${first}..${today}`);
    await expect(page.getByRole('heading', { name: '对比两天' })).toBeVisible();
    await accessible(page);
    expect(await small()).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
  });
});
