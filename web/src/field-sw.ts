// The field app's worker: the app itself and the map of the district are there without a network. It knows nothing of
// reports; these are the page's and IndexedDB's.
import { CacheableResponsePlugin } from 'workbox-cacheable-response';
import { clientsClaim } from 'workbox-core';
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { NetworkFirst, StaleWhileRevalidate } from 'workbox-strategies';
import { GROUND_TILES, PLAN_TILES } from './domain/field/caches.ts';

/** The files of the app, put in by the build. */
declare const __SHELL__: { url: string; revision: string | null }[];

const worker = self as unknown as { skipWaiting(): Promise<void> };

/** In a street with a weak signal, the kept tile comes after this. */
const TILE_WAIT_S = 4;

precacheAndRoute(__SHELL__);
cleanupOutdatedCaches();
// A newer worker takes over at once; the pages reload when nothing is being written in them.
clientsClaim();
void worker.skipWaiting();

registerRoute(new NavigationRoute(createHandlerBoundToURL('/field.html'), { allowlist: [/^\/field([/?]|$)/] }));

/** A tile in which nothing lies has no body; one that was never seen looks like that, too. */
const plugins = [
  new CacheableResponsePlugin({ statuses: [200, 204] }),
  { handlerDidError: () => Promise.resolve(new Response(null, { status: 204 })) },
];
const matchOptions = { ignoreVary: true };
const under = (path: string) => (found: { url: URL; sameOrigin: boolean }) =>
  found.sameOrigin && found.url.pathname.startsWith(path);

registerRoute(
  under('/tiles/places/'),
  new NetworkFirst({ cacheName: PLAN_TILES, networkTimeoutSeconds: TILE_WAIT_S, plugins, matchOptions }),
);
registerRoute(under('/tiles/context/'), new StaleWhileRevalidate({ cacheName: GROUND_TILES, plugins, matchOptions }));
