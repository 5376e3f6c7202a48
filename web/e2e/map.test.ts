// The map paints, names itself in both languages, and moves in step with tree, list and legend.
import { accessible, camera, drawn, expect, onScreen, painted, test } from './guatu.ts';

test('the map loads and has really drawn the plan', async ({ page }, info) => {
  await page.goto('/');
  const ms = await painted(page);
  info.annotations.push({ type: 'first paint', description: `${Math.round(ms)} ms` });
  console.log(`first map paint after ${Math.round(ms)} ms`);
  await expect.poll(async () => (await drawn(page)).length).toBeGreaterThan(30);
  await accessible(page);
});

test('labels follow the language, and so do page and address', async ({ page }) => {
  await page.goto('/?tab=results');
  await painted(page);
  await page.getByRole('button', { name: 'Switch to English' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page).toHaveURL(/lang=en/);
  await expect(page.getByRole('tab', { name: /Projects/ })).toBeVisible();
  await expect(page.getByText('Schematic data, not a survey')).toHaveCount(1);
  await expect(page.getByText('示意数据，非测绘成果')).toHaveCount(0);
  await expect(page.getByText('Jiaxing Economic and Technological Development Zone').first()).toBeVisible();
  const field = await page.evaluate(() =>
    JSON.stringify(window.__guatu!.map.getLayoutProperty('place-names', 'text-field')),
  );
  expect(field).toContain('name_en');
  await page.goBack();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
});

test('a quota in the tree filters and frames the map', async ({ page }) => {
  await page.goto('/');
  await painted(page);
  const before = await camera(page);
  await page.getByRole('button', { name: /更高质量提能级/ }).click();
  const quota = page.locator('[data-quota="q-parks"]');
  await expect(quota).toContainText('列名 4 / 4');
  await quota.click();
  await expect(page).toHaveURL(/quota=q-parks/);
  await expect(quota).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(async () => (await camera(page)).zoom).not.toBe(before.zoom);
  await expect(page.getByRole('tab', { name: /项目/ })).toContainText('4');
});

test('list and map point at each other', async ({ page }) => {
  await page.goto('/?tab=results&kind=park&map=14/30.705/120.7195');
  await painted(page);
  const row = page.locator('[data-project="majiabang-park"]');
  await row.hover();
  await expect
    .poll(() =>
      page.evaluate(() => {
        const { map } = window.__guatu!;
        return map.getLayer('halo-line:areas') ? JSON.stringify(map.getFilter('halo-line:areas')) : '';
      }),
    )
    .toContain('majiabang-park');
  const at = await onScreen(page, 120.7225, 30.7035);
  await page.mouse.move(at.x, at.y);
  await expect(row).toHaveClass(/hovered/);
  await page.mouse.click(at.x, at.y);
  await expect(page.getByRole('heading', { name: '马家浜遗址公园' })).toBeVisible();
  await expect(row).toHaveAttribute('aria-current', 'true');
});

test('legend and filter panel are one filter, with counts, and reset', async ({ page }) => {
  await page.goto('/?tab=results');
  await painted(page);
  const legend = page.getByRole('group', { name: /图例/ });
  await legend.getByRole('button', { name: /学校/ }).click();
  await expect(page).toHaveURL(/kind=school/);
  await expect(page.getByRole('list', { name: '项目列表' }).getByRole('link')).toHaveCount(4);
  await page.getByRole('button', { name: '筛选（1）' }).click();
  await expect(page.getByRole('button', { name: /^学校/, pressed: true }).first()).toBeVisible();
  await page.getByRole('group', { name: '亮灯' }).getByRole('button', { name: /黄灯/ }).click();
  await expect(page.getByText('没有符合的项目')).toBeVisible();
  await page.getByRole('button', { name: '清除筛选' }).last().click();
  await expect(page).not.toHaveURL(/kind=/);
  await expect(page.getByText('45 个项目')).toBeVisible();
  await accessible(page);
});

test('a filter that leaves nothing in sight moves the map to what is left', async ({ page }) => {
  await page.goto('/?map=15/30.6/120.4');
  await painted(page);
  await page.getByRole('button', { name: /^酒店/ }).first().click();
  await expect.poll(async () => (await camera(page)).lon).toBeGreaterThan(120.6);
  await expect(page.getByRole('button', { name: '在地图上看全部' })).toBeVisible();
});

test('late markers are all there, and a click on one opens that one', async ({ page }) => {
  await page.goto('/');
  await painted(page);
  const { projects } = await (await page.request.get('/api/v1/projects?light=red,yellow&limit=1000')).json();
  const late: string[] = projects.map((p: { id: string }) => p.id).sort();
  const marked = () =>
    page.evaluate(() => {
      const { map } = window.__guatu!;
      const layers = map
        .getStyle()
        .layers.map((l) => l.id)
        .filter((id) => id.startsWith('late-marker'));
      const found = map.queryRenderedFeatures({ layers });
      return [...new Set(found.map((f) => String(f.properties['project'])))].sort();
    });
  await expect.poll(marked).toEqual(late);
  const id = late[0]!;
  const [lon, lat] = await page.evaluate((project) => {
    const { map } = window.__guatu!;
    const found = map.querySourceFeatures('anchors', { filter: ['==', ['get', 'project'], project] })[0]!;
    return (found.geometry as unknown as { coordinates: [number, number] }).coordinates;
  }, id);
  const at = await onScreen(page, lon, lat);
  await page.mouse.click(at.x, at.y);
  await expect(page).toHaveURL(new RegExp(`project=${id}`));
});
