// Fails when the app without the map engine is heavier than its budget, gzipped.
import { readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUDGET_BYTES = 120 * 1024;
/** The map engine is a library of fixed size that loads beside the app. */
const ENGINE = /^maplibre-gl/;

const folder = new URL('../dist/assets/', import.meta.url);
const sizes = readdirSync(folder)
  .filter((name) => /\.(js|css)$/.test(name))
  .map((name) => ({ name, bytes: gzipSync(readFileSync(new URL(name, folder)), { level: 9 }).length }));
const sum = (list) => list.reduce((total, { bytes }) => total + bytes, 0);
const app = sum(sizes.filter(({ name }) => !ENGINE.test(name)));
const engine = sum(sizes.filter(({ name }) => ENGINE.test(name)));
const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
console.log(`app ${kb(app)} of ${kb(BUDGET_BYTES)}; map engine ${kb(engine)} (gzipped)`);
if (app === 0 || app > BUDGET_BYTES) process.exit(1);
