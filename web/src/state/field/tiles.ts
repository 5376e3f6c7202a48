// Takes the district's map along: once the app has its worker, each tile is asked for, and the worker keeps the answers.
import { touchTile } from '../../api/field.ts';
import type { FieldKit } from '../../api/field-types.ts';
import { TILE_CACHES } from '../../domain/field/caches.ts';
import { groundTiles, planTilesOf } from '../../domain/field/keep-tiles.ts';
import type { FieldStore } from './store.ts';

/** The map on the screen comes first. */
const AT_ONCE = 3;
/** What changed in the plan shows on the map from the network; without one, it may be so old. */
const STALE_MS = 15 * 60_000;

/** The worker writes an answer down a moment after the page has it. */
const WRITTEN_MS = 200;
/** Whoever leaves does not wait long for a tile in a dead spot. */
const ENDING_MS = 2_000;

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

let running: object | null = null;
let atWork: Promise<unknown> = Promise.resolve();

/** Fetches the ground once for a plan, and the plan's tiles when it changed, but not at every change. */
export function keepTiles(store: FieldStore, kit: FieldKit): void {
  atWork = keep(store, kit).catch(() => undefined);
}

async function keep(store: FieldStore, { seq, plan, projects }: FieldKit): Promise<void> {
  if (import.meta.env.DEV || !('serviceWorker' in navigator)) return;
  await controlled();
  const run = (running = {});
  const kept = await store.get('tiles');
  const isSame = kept?.plan === plan.id;
  if (isSame && (kept.seq === seq || Date.now() - kept.at < STALE_MS)) return;
  const shapes = projects.flatMap((p) => p.places.map((place) => place.geometry));
  const paths = planTilesOf(shapes).map((tile) => `/tiles/places/${tile}`);
  if (!isSame) paths.push(...groundTiles(plan.extent).map((tile) => `/tiles/context/${tile}`));
  const next = paths.values();
  const worker = async (): Promise<void> => {
    for (const path of next) {
      if (running !== run) return;
      await touchTile(path);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (running === run) await store.set('tiles', { seq, plan: plan.id, at: Date.now() });
}

/** The answers are only kept when they go through the worker. */
async function controlled(): Promise<void> {
  if (navigator.serviceWorker.controller) return;
  await new Promise<void>((done) =>
    navigator.serviceWorker.addEventListener('controllerchange', () => done(), { once: true }),
  );
}

/** What a person could see goes with them. */
export async function forgetTiles(): Promise<void> {
  running = null;
  await Promise.race([atWork, pause(ENDING_MS)]);
  await pause(WRITTEN_MS);
  if ('caches' in globalThis) await Promise.all(TILE_CACHES.map((name) => caches.delete(name)));
}
