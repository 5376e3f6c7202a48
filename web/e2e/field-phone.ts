// A phone whose browser can be closed and opened again with what it kept, and the things that an inspector does with it.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect, test, type BrowserContext, type Page } from '@playwright/test';
import { PHONE } from './guatu.ts';
import { PASSWORD } from './people.ts';

/** Beside the first park of the plan, where several projects are near. */
export const HERE = { latitude: 30.7405, longitude: 120.744, accuracy: 8 };

export interface Shot {
  name: string;
  mimeType: 'image/jpeg';
  buffer: Buffer;
  sha256: string;
}

export class Phone {
  readonly #folder: string;
  readonly #url: string;
  context!: BrowserContext;
  page!: Page;

  private constructor(folder: string, url: string) {
    this.#folder = folder;
    this.#url = url;
  }

  static async at(url: string): Promise<Phone> {
    const phone = new Phone(await mkdtemp(join(tmpdir(), 'guatu-phone-')), url);
    await phone.open();
    return phone;
  }

  async open({ offline = false } = {}): Promise<void> {
    const { launchOptions } = test.info().project.use;
    this.context = await chromium.launchPersistentContext(this.#folder, {
      ...launchOptions,
      baseURL: this.#url,
      viewport: PHONE,
      hasTouch: true,
      isMobile: true,
      locale: 'zh-CN',
      geolocation: HERE,
      permissions: ['geolocation'],
      offline,
    });
    this.page = this.context.pages()[0] ?? (await this.context.newPage());
  }

  /** Closes the browser; what it kept stays in its folder. */
  async shut(): Promise<void> {
    await this.context.close();
  }

  async throwAway(): Promise<void> {
    await this.context.close().catch(() => undefined);
    await rm(this.#folder, { recursive: true, force: true });
  }

  async signIn(name: string): Promise<void> {
    await this.page.goto('/field');
    await signInAt(this.page, name);
    await installed(this.page);
  }

  /** Writes a report on a project of the list, with photos from the gallery, and keeps it. */
  async report(project: string, shots: readonly Shot[], { progress = 0, note = '' } = {}): Promise<void> {
    const { page } = this;
    await page.getByRole('link', { name: '附近' }).tap();
    const more = page.getByRole('button', { name: /^再显示/ });
    if ((await row(page, project).count()) === 0 && (await more.isVisible())) await more.tap();
    await row(page, project).tap();
    await page.getByRole('radio', { name: '在建' }).check();
    for (let i = 0; i < progress; i++) await page.getByRole('button', { name: '增加 5%' }).tap();
    if (shots.length) await addPhotos(page, shots);
    if (note) await page.getByLabel('备注').fill(note);
    await keep(page);
  }
}

export const row = (page: Page, project: string) => page.locator(`a[data-project="${project}"]`);
export const item = (page: Page, project: string) => page.locator(`[data-report="${project}"]`);

export async function signInAt(page: Page, name: string): Promise<void> {
  await page.getByLabel('用户名').fill(name);
  await page.getByLabel('密码').fill(PASSWORD);
  await page.getByRole('button', { name: '登录' }).click();
  await expect(page.locator('a[data-project]').first()).toBeVisible();
}

/** Waits until the app can be opened without a network. */
export async function installed(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
}

export async function addPhotos(page: Page, shots: readonly Shot[]): Promise<void> {
  const before = await page.getByRole('img', { name: /^照片/ }).count();
  await page.getByLabel('从相册选').setInputFiles([...shots]);
  await expect(page.getByRole('img', { name: /^照片/ })).toHaveCount(before + shots.length);
}

/** Presses the one button, and confirms what is asked about the place. */
export async function keep(page: Page): Promise<void> {
  await page.getByRole('button', { name: '上报', exact: true }).tap();
  const sure = page.getByRole('button', { name: '确认上报' });
  await expect(sure.or(page.getByRole('navigation', { name: '页面' }))).toBeVisible();
  if (await sure.isVisible()) await sure.tap();
  await expect(page.getByRole('navigation', { name: '页面' })).toBeVisible();
}

/** Photos that no two are alike, noisy enough to weigh something. */
export async function takePhotos(page: Page, count: number, side = 1400): Promise<Shot[]> {
  const shots: Shot[] = [];
  for (let i = 0; i < count; i++) {
    const base64 = await page.evaluate(async (side) => {
      const canvas = new OffscreenCanvas(side, side);
      const pen = canvas.getContext('2d')!;
      const picture = pen.createImageData(side, side);
      for (let at = 0; at < picture.data.length; at += 65_536)
        crypto.getRandomValues(picture.data.subarray(at, Math.min(picture.data.length, at + 65_536)));
      for (let at = 3; at < picture.data.length; at += 4) picture.data[at] = 255;
      pen.putImageData(picture, 0, 0);
      const bytes = new Uint8Array(
        await (await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 })).arrayBuffer(),
      );
      let text = '';
      for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
      return btoa(text);
    }, side);
    const buffer = Buffer.from(base64, 'base64');
    const sha256 = createHash('sha256').update(buffer).digest('hex');
    shots.push({ name: `IMG_${String(i + 1).padStart(4, '0')}.jpg`, mimeType: 'image/jpeg', buffer, sha256 });
  }
  return shots;
}
