// How the apps are built: the planner's and the field's, each from its own page. Our own plugins write the styles and sprites
// for other map clients, and the icons and the worker of the field app.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { fieldFiles, fieldPage } from './build/field-files.ts';
import { mapFiles } from './build/map-files.ts';

const server = process.env['GUATU_SERVER'] ?? 'http://127.0.0.1:8080';
const proxied = ['/api', '/tiles', '/ogc', '/health'];

export default defineConfig({
  plugins: [svelte(), mapFiles(), fieldFiles(), fieldPage()],
  server: { proxy: Object.fromEntries(proxied.map((path) => [path, server])) },
  build: {
    target: 'es2022',
    // The map engine is loaded on its own, so that the panels can draw before it arrives.
    rolldownOptions: {
      input: { index: 'index.html', field: 'field.html' },
      output: {
        codeSplitting: {
          groups: [
            { name: 'maplibre-gl', test: /node_modules[\\/](maplibre-gl|@maplibre)[\\/]/ },
            { name: 'terra-draw', test: /node_modules[\\/]terra-draw/ },
          ],
        },
      },
    },
    chunkSizeWarningLimit: 1200,
  },
  worker: { format: 'es' },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
});
