// A newer version of the app: it takes over by itself, not while a report is written, and never touches what is kept.
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import { accessible } from './guatu.ts';
import { Office } from './field-office.ts';
import { Phone, addPhotos, item, row, takePhotos } from './field-phone.ts';

/** Passes everything on, until the server is to have another build: then its worker is another file. */
class Front {
  isNewer = false;
  readonly #server: Server;

  private constructor(office: Office) {
    this.#server = createServer((asked, answer) => {
      const { method, headers, url } = asked;
      const onward = request(office.url + url!, { method: method!, headers }, (got) => {
        const isWorker = this.isNewer && url === '/field-sw.js' && got.statusCode === 200;
        if (isWorker) delete got.headers['content-length'];
        answer.writeHead(got.statusCode!, got.headers);
        if (!isWorker) return void got.pipe(answer);
        got.pipe(answer, { end: false });
        got.on('end', () => answer.end('\n// newer'));
      });
      onward.on('error', () => answer.destroy());
      if (this.isNewer && url === '/field-sw.js') {
        onward.removeHeader('if-none-match');
        onward.removeHeader('accept-encoding');
      }
      asked.pipe(onward);
    });
  }

  static async of(office: Office): Promise<Front> {
    const front = new Front(office);
    await new Promise<void>((done) => front.#server.listen(0, '127.0.0.1', done));
    return front;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}

test('a newer version waits for the form, reloads the page after it, and leaves draft and queue alone', async () => {
  test.setTimeout(90_000);
  const office = await Office.open();
  const front = await Front.of(office);
  const phone = await Phone.at(front.url);
  const { page, context } = phone;
  try {
    await phone.signIn('li');
    const [first, second] = await page
      .locator('a[data-project]')
      .evaluateAll((rows) => rows.map((r) => (r as HTMLElement).dataset['project']!));
    await context.route('**/api/v1/inspections', (route) => route.abort());
    await phone.report(first!, await takePhotos(page, 1, 300));
    await row(page, second!).tap();
    await page.getByLabel('备注').fill('写到一半');
    await addPhotos(page, await takePhotos(page, 1, 300));
    await page.evaluate(() => Object.assign(window, { isSame: true }));

    front.isNewer = true;
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration('/field'))!.update());
    await expect(page.getByText('有新版本，写完这条就更新。')).toBeVisible({ timeout: 20_000 });
    await accessible(page);
    await expect(page.getByLabel('备注')).toHaveValue('写到一半');
    expect(await page.evaluate(() => 'isSame' in window)).toBe(true);

    await page.getByRole('button', { name: '返回' }).tap();
    await expect.poll(() => page.evaluate(() => 'isSame' in window).catch(() => true)).toBe(false);
    await row(page, second!).tap();
    await expect(page.getByLabel('备注')).toHaveValue('写到一半');
    await expect(page.getByRole('img', { name: '照片 1' })).toBeVisible();
    await page.getByRole('button', { name: '返回' }).tap();
    await context.unroute('**/api/v1/inspections');
    await page.getByRole('link', { name: /^上报/ }).tap();
    await expect(item(page, first!)).toBeVisible();
    await page.getByRole('button', { name: '现在发送' }).tap();
    await expect(item(page, first!)).toHaveAttribute('data-state', 'sent', { timeout: 20_000 });
  } finally {
    await phone.throwAway();
    await front.close();
    await office.close();
  }
});
