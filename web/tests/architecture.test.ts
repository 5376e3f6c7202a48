// The house rules: who may import whom, who alone may fetch and draw maps, and how long a file may get.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const SRC = resolve(import.meta.dirname, '../src');
/** From the ground up: a layer imports only itself and those before it. */
const LAYERS = ['domain', 'api', 'state', 'ui', 'map', 'features', ''];
const LONGEST = 400;

interface Source { path: string; text: string; imports: string[] } // prettier-ignore

const sources: Source[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(ts|svelte)$/.test(path) && !path.endsWith('.gen.ts'))
  .map((path) => {
    const text = readFileSync(join(SRC, path), 'utf8');
    const imports = [...text.matchAll(/(?:^|[\s}])(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/gm)].map((m) => m[1]!);
    return { path, text, imports };
  });

const layerOf = (path: string) => (path.includes('/') ? path.split('/')[0]! : '');

test('no layer imports from a layer above it', () => {
  for (const { path, imports } of sources) {
    for (const target of imports.filter((i) => i.startsWith('.'))) {
      const to = relative(SRC, resolve(SRC, dirname(path), target));
      if (to.startsWith('..')) continue;
      expect(LAYERS.indexOf(layerOf(to)), `${path} imports ${target}`).toBeLessThanOrEqual(
        LAYERS.indexOf(layerOf(path)),
      );
    }
  }
});

test('every folder is a layer', () => {
  for (const { path } of sources) expect(LAYERS).toContain(layerOf(path));
});

test('the domain knows neither Svelte nor the map engine', () => {
  for (const { path, imports } of sources.filter((s) => layerOf(s.path) === 'domain')) {
    expect(
      imports.filter((i) => !i.startsWith('.') && i !== 'geojson'),
      path,
    ).toEqual([]);
  }
});

test('only map/ imports the map engine and the drawing library, and only api/ fetches', () => {
  for (const { path, text, imports } of sources) {
    if (layerOf(path) !== 'map')
      expect(
        imports.filter((i) => /^(maplibre-gl|terra-draw)/.test(i)),
        path,
      ).toEqual([]);
    if (layerOf(path) !== 'api') expect(/\bfetch\(/.test(text), `${path} fetches`).toBe(false);
  }
});

test('state and features wire no styles of the map themselves', () => {
  for (const { path, text } of sources.filter((s) => ['state', 'features'].includes(layerOf(s.path)))) {
    expect(/setStyle|addLayer|addSource/.test(text), path).toBe(false);
  }
});

test('files stay short and say first what they are for', () => {
  for (const { path, text } of sources) {
    expect(text.split('\n').length, path).toBeLessThanOrEqual(LONGEST);
    const head = text.split('\n').slice(0, 16).join('\n');
    expect(/^\s*\/\/ [A-Z`"]/m.test(head), `${path} has no opening comment`).toBe(true);
  }
});
