// The engine's worker for a page with a service worker: begun from a blob it belongs to the page, so that the tiles and the
// code that it asks for come from what the device keeps. By its own address it would be outside of `/field`.
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { setWorkerUrl } from 'maplibre-gl';
import './gl.ts';

const code = `import ${JSON.stringify(new URL(workerUrl, location.href).href)};`;
setWorkerUrl(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
