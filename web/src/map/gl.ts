// The only import of MapLibre GL JS, kept in a chunk of its own. Version 6 is ES modules only: without a worker address
// set before the first map, the map stays empty and says nothing.
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { AttributionControl, Map as GlMap, ScaleControl, setWorkerUrl } from 'maplibre-gl';

setWorkerUrl(workerUrl);

export { AttributionControl, GlMap, ScaleControl };
