// Data out and in: a shapefile as an office asks for it, what the map shows as a file, and imports that are seen before they happen.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { accessible, expect, onScreen, painted, PHONE, test } from './guatu.ts';
import { signIn, signOut } from './people.ts';
import { namesIn, without } from './zip.ts';

test.describe.configure({ mode: 'serial' });

interface GeoJson {
  type: 'FeatureCollection';
  features: { type: 'Feature'; id: string; geometry: object; properties: Record<string, unknown> }[];
}

const make = (page: Page) => page.getByRole('button', { name: '生成文件' });
const receipt = (page: Page) => page.getByRole('region', { name: '回执' });
const rows = (page: Page) => page.getByRole('list', { name: '文件的各行' });
const outcome = (page: Page, name: RegExp) => page.getByRole('tab', { name });

/** Makes what is asked for, and takes the file along. */
async function taken(page: Page): Promise<{ name: string; bytes: Buffer; sha256: string }> {
  await make(page).click();
  await expect(receipt(page)).toBeVisible();
  const coming = page.waitForEvent('download');
  await receipt(page).getByRole('link', { name: '下载' }).click();
  const download = await coming;
  const bytes = readFileSync(await download.path());
  return { name: download.suggestedFilename(), bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Only this layer of the plan. */
async function onlyLayer(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: '不选' }).click();
  await expect(page.getByText('请至少选一个图层')).toBeVisible();
  await page.getByRole('checkbox', { name }).check();
}

async function send(page: Page, name: string, buffer: Buffer): Promise<void> {
  await page.goto('/data?tab=import');
  await expect(page.getByRole('button', { name: '选择文件' })).toBeVisible();
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
  await expect(page).toHaveURL(/file=/);
}

const roads = async (page: Page): Promise<GeoJson> =>
  (await page.request.get('/ogc/collections/roads/items?f=json&limit=1000')).json();

test('everybody exports and connects, and only those who may edit see imports', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('link', { name: '数据' }).click();
  await expect(page.getByRole('heading', { name: '数据' })).toBeVisible();
  await expect(page.getByRole('tab')).toHaveText(['导出', '连接']);
  await expect(page.getByRole('radio', { name: /Shapefile/ })).toBeChecked();
  await expect(page.getByRole('checkbox', { name: /道路/ })).toBeChecked();
  await accessible(page);
  await page.getByRole('tab', { name: '导出' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page).toHaveURL(/tab=connect/);
  await expect(page.getByText(/^http:.*\/ogc$/)).toBeVisible();
  await accessible(page);
  await page.goto('/data?tab=import');
  await expect(page.getByRole('tab', { name: '导出' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('button', { name: '选择文件' })).toHaveCount(0);
});

test('the roads as a shapefile, GBK, EPSG:4549: the receipt is of this very file', async ({ page }) => {
  await page.goto('/data');
  await onlyLayer(page, '道路');
  await page.getByRole('radio', { name: /Shapefile/ }).check();
  await page.getByLabel('坐标系').selectOption('EPSG:4549');
  await expect(page.getByText('单位：米')).toBeVisible();
  await page.getByRole('radio', { name: /GBK/ }).check();
  const file = await taken(page);
  expect(file.name).toMatch(/epsg4549.*\.zip$/);
  expect(namesIn(file.bytes).some((name) => name.endsWith('.prj'))).toBe(true);
  const sum = await receipt(page).locator('.sum code').textContent();
  expect(sum?.replaceAll(' ', '')).toBe(file.sha256);
  await expect(receipt(page)).toContainText('EPSG:4549');
  await expect(receipt(page)).toContainText('GBK');
  await expect(receipt(page)).toContainText('mm');
  await accessible(page);
  // A second file leaves the first in the list of this visit.
  await page.getByRole('radio', { name: /GeoPackage/ }).check();
  await make(page).click();
  await expect(receipt(page)).toContainText('.gpkg');
  await page.getByRole('button', { name: new RegExp(file.name.replaceAll('.', '\\.')) }).click();
  await expect(receipt(page)).toContainText(file.name);
});

test('what the map is filtered by goes out, and a wrong expression is told where it stands', async ({
  page,
  watch,
}) => {
  watch.allow.push(/400/);
  await page.goto('/?tab=results&kind=road');
  await painted(page);
  const found = await (await page.request.get('/api/v1/projects?kind=road')).json();
  await page.getByRole('button', { name: '导出…' }).click();
  await expect(page).toHaveURL(/\/data\?.*of=filtered/);
  await expect(
    page.getByRole('radio', { name: new RegExp(`按地图现在的筛选.*${found.number_matched} 个项目`) }),
  ).toBeChecked();
  await page.getByRole('radio', { name: /^GeoJSON \.geojson/ }).check();
  await page.getByRole('button', { name: /^条件/ }).click();
  const filter = page.getByRole('textbox', { name: '筛选式（CQL2）' });
  await filter.fill("colour = 'red'");
  await expect(page.getByRole('alert').filter({ hasText: 'colour' })).toBeVisible();
  await expect(filter).toHaveAttribute('aria-invalid', 'true');
  await accessible(page);
  await page.getByRole('button', { name: /名称里有“路”的/ }).click();
  await expect(filter).not.toHaveAttribute('aria-invalid', 'true');
  const file = await taken(page);
  const { features } = JSON.parse(file.bytes.toString('utf8')) as GeoJson;
  const all = (await roads(page)).features.filter((f) => String(f.properties['name_zh']).includes('路'));
  expect(features.map((f) => f.properties['kind'])).toEqual(features.map(() => 'road'));
  expect(features.map((f) => f.id).sort()).toEqual(all.map((f) => f.id).sort());
});

test('the command line makes the same file', async ({ page }) => {
  await page.goto('/data');
  await onlyLayer(page, '公园');
  await page.getByRole('radio', { name: /^GeoJSON \.geojson/ }).check();
  await page.getByText('用命令行做同样的事').click();
  const line = await page.locator('code').filter({ hasText: 'curl' }).textContent();
  const folder = mkdtempSync(join(tmpdir(), 'guatu-curl-'));
  try {
    execFileSync('sh', ['-c', line!], { cwd: folder, stdio: 'pipe' });
    const [name] = readdirSync(folder);
    expect(name).toMatch(/\.geojson$/);
    const made = JSON.parse(readFileSync(join(folder, name!), 'utf8')) as GeoJson;
    const parks = await (await page.request.get('/ogc/collections/parks/items?f=json')).json();
    expect(made.features.length).toBe(parks.numberMatched);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('an import is seen on the map and in the table before it happens, and undone as one', async ({ page }) => {
  await signIn(page, 'lead');
  const before = await roads(page);
  const changed = before.features[0]!;
  const project = String(changed.properties['project']);
  const edited: GeoJson = {
    type: 'FeatureCollection',
    features: [
      { ...changed, properties: { ...changed.properties, name_zh: '改名路' } },
      { ...before.features[1]! },
      {
        ...changed,
        id: 'e2e-new-road',
        properties: { ...changed.properties, name_zh: '新测路', name_en: 'New survey' },
      },
      {
        ...changed,
        id: 'e2e-broken-road',
        properties: { ...changed.properties, name_zh: '断头路', project: 'no-such-project' },
      },
    ],
  };
  await send(page, 'roads.geojson', Buffer.from(JSON.stringify(edited)));
  await expect(page.getByRole('region', { name: '文件里的图层' })).toBeVisible();
  await page.getByLabel('导入到').selectOption('roads');
  await accessible(page);
  await page.getByRole('button', { name: '预览', exact: true }).click();
  await expect(page.getByRole('heading', { name: '会改什么' })).toBeVisible();
  await expect(outcome(page, /^退回 1$/)).toHaveAttribute('aria-selected', 'true');
  await expect(outcome(page, /^新增 1$/)).toBeVisible();
  await expect(outcome(page, /^修改 1$/)).toBeVisible();
  await expect(outcome(page, /^不变 1$/)).toBeVisible();
  await expect(rows(page)).toContainText('断头路');
  await expect(rows(page)).toContainText('no-such-project');
  await outcome(page, /^修改/).click();
  await expect(rows(page)).toContainText(/槜李路|双溪路|改名路/);
  await expect(rows(page).locator('ins')).toContainText(['改名路']);
  await painted(page);
  const drawn = () =>
    page.evaluate(() => {
      const all = window.__guatu!.map.queryRenderedFeatures().filter((f) => f.source === 'outcomes');
      return [...new Set(all.map((f) => String(f.properties['outcome'])))].sort();
    });
  await expect.poll(drawn).toEqual(['added', 'changed', 'rejected']);
  await accessible(page);

  // A row shows its shape, and a shape its row.
  const row = rows(page).getByRole('button').first();
  await row.click();
  await expect(row).toHaveAttribute('aria-pressed', 'true');
  await page.waitForTimeout(600);
  const { coordinates } = changed.geometry as { coordinates: [number, number][] };
  await outcome(page, /^全部/).click();
  await page.getByRole('application', { name: '导入预览的地图' }).scrollIntoViewIfNeeded();
  const at = await onScreen(page, ...coordinates[0]!);
  await page.mouse.click(at.x, at.y);
  await expect(rows(page).locator('[aria-pressed=true]')).toHaveCount(1);

  // Nothing of it is in the plan yet; then what was not rejected is, at once.
  expect((await roads(page)).features.length).toBe(before.features.length);
  const put = page.getByRole('button', { name: '导入 2 项变更' });
  await expect(put).toBeDisabled();
  await page.getByRole('checkbox', { name: '不要退回的 1 条，其余照做' }).check();
  await page.getByRole('textbox', { name: '说明' }).fill('三月测量');
  await put.click();
  await expect(page.getByRole('heading', { name: '已导入 2 项变更' })).toBeVisible();
  const now = await roads(page);
  expect(now.features.length).toBe(before.features.length + 1);
  expect(now.features.find((f) => f.id === changed.id)?.properties['name_zh']).toBe('改名路');
  expect(now.features.find((f) => f.id === 'e2e-new-road')?.properties['project']).toBe(project);
  await accessible(page);
  await page.getByRole('button', { name: '看修改记录' }).click();
  await expect(page.getByText('三月测量').first()).toBeVisible();
  await page.goBack();
  await page.getByRole('button', { name: '撤销这次导入' }).click();
  await expect(page.getByRole('heading', { name: '已撤销，计划回到导入以前' })).toBeVisible();
  const after = await roads(page);
  expect(after.features.map((f) => [f.id, f.properties['name_zh']])).toEqual(
    before.features.map((f) => [f.id, f.properties['name_zh']]),
  );
});

test('a shapefile that does not say where its coordinates belong asks, and keeps what was said when left', async ({
  page,
}) => {
  await signIn(page, 'lead');
  await page.goto('/data');
  await onlyLayer(page, '道路');
  await page.getByRole('radio', { name: /Shapefile/ }).check();
  await page.getByLabel('坐标系').selectOption('EPSG:4549');
  const { bytes } = await taken(page);
  await send(page, 'roads-no-prj.zip', without(bytes, /\.prj$/));
  const crs = page.getByLabel('坐标系');
  await expect(crs).toHaveValue('');
  await expect(page.getByText(/文件没有写坐标系/)).toBeVisible();
  await page.getByRole('button', { name: '预览', exact: true }).click();
  await expect(page.getByText('还有 1 个问题要回答，见红色标出的')).toBeVisible();
  await expect(crs).toBeFocused();
  await accessible(page);
  await crs.selectOption('EPSG:4549');

  // Left and come back to.
  await page.getByRole('button', { name: '换一个文件' }).click();
  const mine = page.getByRole('region', { name: '没有做完的导入' });
  await expect(mine).toContainText('roads-no-prj.zip');
  await accessible(page);
  await mine.getByRole('button', { name: /^接着做.*roads-no-prj/ }).click();
  await expect(crs).toHaveValue('EPSG:4549');
  await page.getByRole('button', { name: '预览', exact: true }).click();
  await expect(page.getByText('文件与计划一样，没有要改的。')).toBeVisible();
  await page.getByRole('button', { name: /^丢弃/ }).click();
  await expect(mine).toHaveCount(0);
});

test('the plan comes back from its workbook as it went', async ({ page }) => {
  await signIn(page, 'lead');
  await page.goto('/data?tab=import');
  const coming = page.waitForEvent('download');
  await page.getByRole('link', { name: '下载现在的计划' }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toMatch(/\.xlsx$/);
  await send(page, 'plan.xlsx', readFileSync(await download.path()));
  await page.getByRole('button', { name: '预览', exact: true }).click();
  await expect(page.getByText('文件与计划一样，没有要改的。')).toBeVisible();
  await expect(outcome(page, /^退回 0$/)).toBeVisible();
  await expect(
    rows(page)
      .getByText(/targets!A\d+/)
      .first(),
  ).toBeVisible();
  await accessible(page);
});

test('a file that cannot be read says why', async ({ page, watch }) => {
  watch.allow.push(/415|422/);
  await signIn(page, 'lead');
  await page.goto('/data?tab=import');
  const picture = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]);
  const file = page.locator('input[type=file]');
  await file.setInputFiles({ name: 'site.png', mimeType: 'image/png', buffer: picture });
  await expect(page.getByRole('alert')).toContainText('读不了这种文件');
  const torn = Buffer.from('{"type":"FeatureCollection","features":[{"type":"Feature","geom');
  await file.setInputFiles({ name: 'torn.geojson', mimeType: 'application/geo+json', buffer: torn });
  await expect(page.getByRole('alert')).not.toContainText('读不了这种文件');
  await expect(page.getByRole('button', { name: '选择文件' })).toBeVisible();
  await accessible(page);
});

test.describe('on a phone', () => {
  test.use({ viewport: PHONE });

  test('the page fits, and the file is at hand', async ({ page }) => {
    await signOut(page);
    await page.goto('/?lang=en');
    await page.getByRole('link', { name: 'Data' }).click();
    await expect(page.getByRole('heading', { name: 'Data' })).toBeVisible();
    for (const tab of ['Export', 'Connect']) {
      await page.getByRole('tab', { name: tab }).click();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
    }
    await page.getByRole('tab', { name: 'Export' }).click();
    await page.getByRole('radio', { name: /^KML/ }).check();
    await page.getByRole('button', { name: 'Make the file' }).click();
    await expect(page.getByRole('region', { name: 'Receipt' })).toContainText('.kml');
    await accessible(page);
  });
});
