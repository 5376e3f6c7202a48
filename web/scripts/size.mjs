// Fails when what a first visit loads, without the map engine, is heavier than its budget, gzipped. Chunks of the full map
// that load only for a task (the dashboard, editing, accounts) are listed beside it. Of the field app all counts, for all
// of it is taken along: what it loads first and what it keeps for later.
import { readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const MAP_BUDGET_BYTES = 120 * 1024;
const FIELD_BUDGET_BYTES = 200 * 1024;
/** The map engine and the drawing tools are libraries of fixed size; the latter load only for drawing. */
const LIBRARY = /^(maplibre-gl|terra-draw)/;

const dist = new URL('../dist/', import.meta.url);
const read = (path) => readFileSync(new URL(path, dist));
const all = readdirSync(new URL('assets/', dist)).filter((name) => /\.(js|css)$/.test(name));
const size = (name) => gzipSync(read(`assets/${name}`), { level: 9 }).length;
const sum = (names) => names.filter((name) => !LIBRARY.test(name)).reduce((total, name) => total + size(name), 0);
const named = (text) => all.filter((name) => text.includes(name));
const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;

/** The files that a page names, and those that they import at once. */
function firstLoad(page) {
  const first = new Set(named(read(page).toString()));
  for (const name of first) {
    if (!name.endsWith('.js')) continue;
    const statics = read(`assets/${name}`)
      .toString()
      .matchAll(/(?:\bfrom|\bimport)\s*["']\.\/([^"']+)["']/g);
    for (const [, imported] of statics) first.add(imported);
  }
  return [...first];
}

const first = firstLoad('index.html');
const kept = named(read('field-sw.js').toString());
const later = all.filter((name) => !first.includes(name) && !kept.includes(name));
const libraries = all.filter((name) => LIBRARY.test(name)).reduce((total, name) => total + size(name), 0);
const map = sum(first);
const field = sum(kept);
console.log(
  `map: first load ${kb(map)} of ${kb(MAP_BUDGET_BYTES)}; later ${kb(sum(later))}; libraries ${kb(libraries)} (gzipped)`,
);
console.log(
  `field: shell ${kb(field)} of ${kb(FIELD_BUDGET_BYTES)}, of which first ${kb(sum(firstLoad('field.html')))} (gzipped)`,
);
if (map === 0 || map > MAP_BUDGET_BYTES) process.exit(1);
if (field === 0 || field > FIELD_BUDGET_BYTES) process.exit(1);
