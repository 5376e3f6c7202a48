// Fails when src/api/schema.gen.ts is not what openapi.json makes.
import { readFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const header = read('../src/api/schema.gen.ts').split('\n').slice(0, 5).join('\n');
const made = astToString(await openapiTS(new URL('../openapi.json', import.meta.url)));
if (!read('../src/api/schema.gen.ts').endsWith(made)) {
  console.error('src/api/schema.gen.ts is stale: run `npm run api:types`');
  console.error(header);
  process.exit(1);
}
