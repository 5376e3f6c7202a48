// What the journeys share: a page that must stay clean (no foreign request, no console error), and a few short words.
import AxeBuilder from '@axe-core/playwright';
import { expect, test as base, type Page } from '@playwright/test';

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

interface Watch {
  /** Console errors and failed loads that a journey causes on purpose. */
  allow: RegExp[];
}

export const test = base.extend<{ watch: Watch }>({
  baseURL: async ({}, use) => use(process.env['GUATU_URL']!),
  viewport: DESKTOP,
  watch: [
    async ({ page, baseURL }, use) => {
      const watch: Watch = { allow: [] };
      const wrong: string[] = [];
      page.on('console', (m) => m.type() === 'error' && wrong.push(m.text()));
      page.on('pageerror', (e) => wrong.push(e.message));
      page.on('request', (r) => {
        const url = new URL(r.url());
        if (url.origin !== baseURL && !['data:', 'blob:'].includes(url.protocol)) wrong.push(`foreign request: ${url}`);
      });
      await use(watch);
      expect(wrong.filter((w) => !watch.allow.some((a) => a.test(w)))).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Waits for the map's first full picture; returns when that was, in milliseconds from the start of navigation. */
export async function painted(page: Page): Promise<number> {
  await page.waitForFunction(() => window.__guatu?.paintedAt, null, { timeout: 30_000 });
  return page.evaluate(() => window.__guatu!.paintedAt!);
}

/** The ids of the projects that the map has really drawn. */
export function drawn(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { map } = window.__guatu!;
    const plan = map.queryRenderedFeatures().filter((f) => f.source === 'plan');
    return [...new Set(plan.map((f) => String(f.properties['project'])))];
  });
}

export function camera(page: Page): Promise<{ lon: number; lat: number; zoom: number }> {
  return page.evaluate(() => {
    const { map } = window.__guatu!;
    return { lon: map.getCenter().lng, lat: map.getCenter().lat, zoom: map.getZoom() };
  });
}

/** Where a place is on the screen now. */
export async function onScreen(page: Page, lon: number, lat: number): Promise<{ x: number; y: number }> {
  return page.evaluate(
    ([x, y]) => {
      const { map } = window.__guatu!;
      const p = map.project([x!, y!]);
      // What stands above the map, such as the word that its data is made up, moves it down.
      const { left, top } = map.getContainer().getBoundingClientRect();
      return { x: left + p.x, y: top + p.y };
    },
    [lon, lat],
  );
}

/** No serious or critical finding of the accessibility audit. */
export async function accessible(page: Page): Promise<void> {
  // Colours must not be judged half way through a fade, however slow the machine is; what never ends is not waited for.
  await page.waitForTimeout(250);
  await page.evaluate(() => {
    const ends = (animation: Animation) => Number(animation.effect?.getComputedTiming().endTime) < Infinity;
    const fades = document.getAnimations().filter(ends);
    return Promise.all(fades.map((fade) => fade.finished.catch(() => fade)));
  });
  const { violations } = await new AxeBuilder({ page }).analyze();
  const bad = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
  expect(bad.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' | ')}`)).toEqual([]);
}
