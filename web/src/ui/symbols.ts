// The drawn symbols of kinds and lights as inline SVG, from the same files as the map's sprites.
import type { Kind, Light } from '../domain/vocab.ts';

const files = import.meta.glob<string>('../../symbols/*.svg', { query: '?raw', import: 'default', eager: true });

function inner(name: string): string {
  return (files[`../../symbols/${name}.svg`] ?? '').replace(/^<svg[^>]*>|<\/svg>\s*$/g, '');
}

export function kindSymbol(kind: Kind): string {
  return inner(kind);
}

export function lightSymbol(light: Light): string {
  return inner(`light-${light}`);
}
