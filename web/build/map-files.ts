// Writes what other map clients need beside the app: styles in both languages and the sprite sheet. In development the
// same files are served from memory.
import type { Plugin } from 'vite';
import { LANGS } from '../src/domain/vocab.ts';
import { planStyle } from '../src/map/style.ts';
import { spriteSheet } from './sprites.ts';

function files(): Map<string, { type: string; body: string | Uint8Array }> {
  const out = new Map<string, { type: string; body: string | Uint8Array }>();
  for (const lang of LANGS) {
    out.set(`styles/plan.${lang}.json`, { type: 'application/json', body: JSON.stringify(planStyle({ lang })) });
  }
  for (const ratio of [1, 2]) {
    const { json, png } = spriteSheet(ratio);
    const name = `sprites/plan${ratio === 1 ? '' : `@${ratio}x`}`;
    out.set(`${name}.json`, { type: 'application/json', body: json });
    out.set(`${name}.png`, { type: 'image/png', body: png });
  }
  return out;
}

export function mapFiles(): Plugin {
  return {
    name: 'guatu-map-files',
    generateBundle() {
      for (const [fileName, { body }] of files()) this.emitFile({ type: 'asset', fileName, source: body });
    },
    configureServer(server) {
      const all = files();
      server.middlewares.use((request, response, next) => {
        const file = all.get((request.url ?? '').split('?')[0]!.slice(1));
        if (!file) return next();
        response.setHeader('content-type', file.type);
        response.end(file.body);
      });
    },
  };
}
