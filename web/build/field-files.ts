// Writes what makes the field app installable: its icons, drawn by us, and its worker with the list of the files that the
// app needs without a network. The list is read from the build itself, so that nothing of the main app is in it.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';
import { build, type Plugin, type Rolldown } from 'vite';

type Bundle = Rolldown.OutputBundle;

const PAGE = 'field.html';
const WORKER = 'field-sw.js';
/** Beside the page and its parts: what the page names by address. */
const BESIDE = [/^sprites\//, /^field-icon/, /^field\.webmanifest$/, /^favicon\.svg$/];
/** Parts of the shared map that only planners use. */
const NOT_TAKEN = /(terra-draw|place-editor)/;

const ICONS: readonly { name: string; size: number; masked: boolean }[] = [
  { name: 'field-icon-192.png', size: 192, masked: false },
  { name: 'field-icon-512.png', size: 512, masked: false },
  { name: 'field-icon-masked-512.png', size: 512, masked: true },
  { name: 'field-icon-180.png', size: 180, masked: true },
];

/** A hung map with a pin; a masked icon fills its square and keeps its drawing within the safe circle. */
function icon(size: number, masked: boolean): Uint8Array {
  const drawing = [
    '<rect x="18" y="22" width="60" height="8" rx="4" fill="#fff"/>',
    '<path d="M22 30h52v36a8 8 0 0 1-8 8H30a8 8 0 0 1-8-8z" fill="#e1f0ef"/>',
    '<path d="M22 58c10-8 14 4 24-3s12-10 28-8" fill="none" stroke="#0b6e72" stroke-width="4"/>',
    '<path d="M58 68s-14-12-14-22a14 14 0 0 1 28 0c0 10-14 22-14 22z" fill="#c6392c" stroke="#fff" stroke-width="3"/>',
    '<circle cx="58" cy="46" r="5" fill="#fff"/>',
  ].join('');
  const ground = masked
    ? '<rect width="96" height="96" fill="#0b6e72"/>'
    : '<rect x="2" y="2" width="92" height="92" rx="22" fill="#0b6e72"/>';
  const scale = masked ? 'translate(11 11) scale(.77)' : 'translate(3 3) scale(.94)';
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96">${ground}<g transform="${scale}">${drawing}</g></svg>`;
  return new Resvg(svg, { fitTo: { mode: 'width', value: size } }).render().asPng();
}

/** The page's parts, those that it loads later too. */
function partsOf(bundle: Bundle): Set<string> {
  const parts = new Set<string>();
  const open = Object.values(bundle)
    .filter((file) => file.type === 'chunk' && file.facadeModuleId?.endsWith(`/${PAGE}`))
    .map((file) => file.fileName);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const file = bundle[name];
    if (!file || parts.has(name) || NOT_TAKEN.test(name)) continue;
    parts.add(name);
    if (file.type !== 'chunk') continue;
    // Styles and the map's own worker are named in the code that asks for them.
    const named = Object.keys(bundle).filter((other) => file.code.includes(other.split('/').at(-1)!));
    open.push(...file.imports, ...file.dynamicImports, ...named.filter((other) => /\.(css|m?js)$/.test(other)));
  }
  return parts;
}

/** Names with a hash never change; all else is known by its content. */
function listed(folder: string, name: string): { url: string; revision: string | null } {
  if (name.startsWith('assets/')) return { url: `/${name}`, revision: null };
  const revision = createHash('sha256')
    .update(readFileSync(join(folder, name)))
    .digest('hex')
    .slice(0, 16);
  return { url: `/${name}`, revision };
}

export function fieldFiles(): Plugin {
  const source = fileURLToPath(new URL('../src/field-sw.ts', import.meta.url));
  return {
    name: 'guatu-field-files',
    apply: 'build',
    generateBundle() {
      for (const { name, size, masked } of ICONS)
        this.emitFile({ type: 'asset', fileName: name, source: icon(size, masked) });
    },
    async writeBundle({ dir }, bundle) {
      const folder = dir!;
      const html = readFileSync(join(folder, PAGE), 'utf8');
      const named = Object.keys(bundle).filter((name) => html.includes(name) && name.endsWith('.css'));
      const beside = [...Object.keys(bundle), 'field.webmanifest', 'favicon.svg'].filter((name) =>
        BESIDE.some((is) => is.test(name)),
      );
      const names = [...new Set([PAGE, ...partsOf(bundle), ...named, ...beside])].sort();
      await build({
        configFile: false,
        publicDir: false,
        logLevel: 'warn',
        define: {
          __SHELL__: JSON.stringify(names.map((name) => listed(folder, name))),
          'process.env.NODE_ENV': '"production"',
        },
        build: {
          outDir: folder,
          emptyOutDir: false,
          target: 'es2022',
          lib: { entry: source, formats: ['iife'], name: 'field', fileName: () => WORKER },
        },
      });
    },
  };
}

/** In development and preview the page answers at its own addresses, as the server does it. */
export function fieldPage(): Plugin {
  const at = (request: { url?: string }): void => {
    const path = (request.url ?? '').split('?')[0]!;
    if (/^\/field(\/[^.]*)?$/.test(path)) request.url = `/${PAGE}`;
  };
  return {
    name: 'guatu-field-page',
    configureServer: (server) => void server.middlewares.use((request, _, next) => (at(request), next())),
    configurePreviewServer: (server) => void server.middlewares.use((request, _, next) => (at(request), next())),
  };
}
