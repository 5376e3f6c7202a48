// Photos that are not what they should be: damaged ones are named and taken out, old ones from elsewhere are asked about.
// And whoever signs out with reports that are not sent is told where they stay.
import { expect, test } from '@playwright/test';
import { accessible } from './guatu.ts';
import { Office } from './field-office.ts';
import { Phone, addPhotos, item, keep, row, takePhotos, type Shot } from './field-phone.ts';

let office: Office;
let phone: Phone;

test.beforeEach(async () => {
  office = await Office.open();
  phone = await Phone.at(office.url);
  await phone.signIn('li');
});
test.afterEach(async () => {
  await phone.throwAway();
  await office.close();
});

/** Opens the report of the nearest project; answers with its id. */
async function begin(): Promise<string> {
  const project = await phone.page
    .locator('a[data-project]')
    .first()
    .evaluate((r: HTMLElement) => r.dataset['project']!);
  await row(phone.page, project).tap();
  await phone.page.getByRole('radio', { name: '在建' }).check();
  return project;
}

/** What a camera would have written into a photo: only when it was taken. */
function taken(shot: Shot, time: string): Shot {
  const text = Buffer.from(`${time}\0`, 'latin1');
  const tiff = Buffer.alloc(44 + text.length);
  tiff.write('MM', 0);
  tiff.writeUInt16BE(42, 2);
  tiff.writeUInt32BE(8, 4);
  // The root names the directory of the camera, which names the time, which stands at the end.
  tiff.writeUInt16BE(1, 8);
  tiff.writeUInt16BE(0x8769, 10);
  tiff.writeUInt16BE(4, 12);
  tiff.writeUInt32BE(1, 14);
  tiff.writeUInt32BE(26, 18);
  tiff.writeUInt16BE(1, 26);
  tiff.writeUInt16BE(0x9003, 28);
  tiff.writeUInt16BE(2, 30);
  tiff.writeUInt32BE(text.length, 32);
  tiff.writeUInt32BE(44, 36);
  text.copy(tiff, 44);
  const head = Buffer.from([0xff, 0xe1, 0, 0, ...Buffer.from('Exif\0\0', 'latin1')]);
  head.writeUInt16BE(2 + 6 + tiff.length, 2);
  return { ...shot, buffer: Buffer.concat([shot.buffer.subarray(0, 2), head, tiff, shot.buffer.subarray(2)]) };
}

test('a damaged photo is named, taken out, and the rest goes', async () => {
  const [good] = await takePhotos(phone.page, 1, 300);
  const damaged: Shot = {
    ...good!,
    name: 'damaged.jpg',
    buffer: Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 4, 5, 6, 7, 8]),
  };
  const project = await begin();
  await addPhotos(phone.page, [good!, damaged]);
  await keep(phone.page);
  await phone.page.getByRole('link', { name: /^上报/ }).tap();
  await expect(item(phone.page, project)).toHaveAttribute('data-state', 'refused', { timeout: 20_000 });
  await expect(item(phone.page, project)).toContainText('照片“damaged.jpg”没有被接受。');
  await item(phone.page, project).getByRole('link', { name: '改一下再报' }).tap();
  await expect(phone.page.getByText('这张没有被接受')).toBeVisible();
  await accessible(phone.page);
  await phone.page.getByRole('button', { name: '去掉照片 2' }).tap();
  await keep(phone.page);
  await expect(item(phone.page, project)).toHaveAttribute('data-state', 'sent', { timeout: 20_000 });
  const desk = await office.as('planner');
  const { features } = await (await desk.get('/api/v1/inspections')).json();
  expect(features.length).toBe(1);
  expect(features[0].properties.photos.map((p: { sha256: string }) => p.sha256)).toEqual([good!.sha256]);
  await desk.dispose();
});

test('a photo from last year is asked about, and the report says so', async () => {
  const [shot] = await takePhotos(phone.page, 1, 300);
  const project = await begin();
  await addPhotos(phone.page, [taken(shot!, '2025:05:01 09:30:00')]);
  await phone.page.getByRole('button', { name: '上报', exact: true }).tap();
  const sheet = phone.page.getByRole('dialog', { name: '请确认位置' });
  await expect(sheet).toContainText('照片“IMG_0001.jpg”拍于 2025-05-01 09:30，相差超过一天。');
  await sheet.getByRole('button', { name: '确认上报' }).tap();
  await phone.page.getByRole('link', { name: /^上报/ }).tap();
  await expect(item(phone.page, project)).toHaveAttribute('data-state', 'sent', { timeout: 20_000 });
  const desk = await office.as('planner');
  const { features } = await (await desk.get('/api/v1/inspections')).json();
  expect(features[0].properties.marks).toEqual(['photo_old']);
  await desk.dispose();
});

test('signing out with reports that are not sent warns, keeps them, and they go after signing in', async () => {
  const project = await begin();
  await phone.context.route('**/api/v1/inspections', (route) => route.abort());
  await keep(phone.page);
  await phone.page.getByRole('button', { name: '设置' }).tap();
  await phone.page.getByRole('button', { name: '退出登录' }).tap();
  await expect(phone.page.getByRole('alert')).toContainText('还有 1 条上报没发出');
  await accessible(phone.page);
  await phone.page.getByRole('button', { name: '仍要退出' }).tap();
  await expect(phone.page.getByLabel('用户名')).toBeVisible();
  await expect
    .poll(() => phone.page.evaluate(async () => (await caches.keys()).filter((n) => n.includes('tiles'))))
    .toEqual([]);
  await phone.context.unroute('**/api/v1/inspections');
  await phone.page.getByLabel('用户名').fill('li');
  await phone.page.getByLabel('密码').fill('correct horse battery');
  await phone.page.getByRole('button', { name: '登录' }).tap();
  await phone.page.getByRole('link', { name: /^上报/ }).tap();
  await expect(item(phone.page, project)).toHaveAttribute('data-state', 'sent', { timeout: 20_000 });
});
