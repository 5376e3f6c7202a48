// Fails when what a first visit loads, without the map engine, is heavier than its budget, gzipped. Chunks that load only
// for a task (the dashboard, editing, accounts) are listed beside it.
import { readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUDGET_BYTES = 120 * 1024;
/** The map engine and the drawing tools are libraries of fixed size; the latter load only for drawing. */
const LIBRARY = /^(maplibre-gl|terra-draw)/;

const dist = new URL('../dist/', import.meta.url);
const read = (path) => readFileSync(new URL(path, dist));
const all = readdirSync(new URL('assets/', dist)).filter((name) => /\.(js|css)$/.test(name));
const size = (name) => gzipSync(read(`assets/${name}`), { level: 9 }).length;
const sum = (names) => names.reduce((total, name) => total + size(name), 0);

/** The files that the page names, and those that they import at once. */
function firstLoad() {
  const named = (text) => all.filter((name) => text.includes(name));
  const first = new Set(named(read('index.html').toString()));
  for (const name of first) {
    if (!name.endsWith('.js')) continue;
    const statics = read(`assets/${name}`)
      .toString()
      .matchAll(/(?:\bfrom|\bimport)\s*["']\.\/([^"']+)["']/g);
    for (const [, imported] of statics) first.add(imported);
  }
  return [...first];
}

const first = firstLoad().filter((name) => !LIBRARY.test(name));
const later = all.filter((name) => !first.includes(name) && !LIBRARY.test(name));
const libraries = all.filter((name) => LIBRARY.test(name));
const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
const app = sum(first);
console.log(
  `first load ${kb(app)} of ${kb(BUDGET_BYTES)}; later ${kb(sum(later))}; libraries ${kb(sum(libraries))} (gzipped)`,
);
if (app === 0 || app > BUDGET_BYTES) process.exit(1);
