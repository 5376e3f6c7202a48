// Draws the sprite sheet: a marker for each kind, stage and certainty of position, and the lights. One grid, one SVG,
// rasterised at one and two pixels a unit.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';
import { pngOf } from './png.ts';
import { STAGE_COLOURS } from '../src/domain/palette.ts';
import { KINDS, LATE_LIGHTS, LIGHTS, STAGES, type Kind, type Stage } from '../src/domain/vocab.ts';
import { CERTAINTIES, badgeIcon, lightIcon, markerIcon, type Certainty } from '../src/map/icons.ts';

/** The side of one cell. Markers are 26 units across; the rest is air and the badge. */
const CELL = 32;
const COLUMNS = 16;
const LIGHT_SIZE = 18;
/** A light on a marker's corner leaves the kind's symbol free. */
const BADGE_SIZE = 13;

function symbol(name: string): string {
  const path = fileURLToPath(new URL(`../symbols/${name}.svg`, import.meta.url));
  return readFileSync(path, 'utf8').trim();
}

/** A symbol placed at x, y with a side length, in one colour. */
function placed(name: string, x: number, y: number, side: number, colour = '#000'): string {
  return symbol(name)
    .replace('<svg ', `<svg x="${x}" y="${y}" width="${side}" height="${side}" `)
    .replaceAll('currentColor', colour);
}

function badge(text: string, y: number, colour: string): string {
  const mark: Record<string, string> = {
    '?': '<path d="M-1.600 -1.400a1.700 1.700 0 1 1 2.600 1.500c-.7.4-1 .8-1 1.500" fill="none" stroke="#fff" stroke-width="1.300" stroke-linecap="round"/><circle cx="0" cy="3.200" r=".85" fill="#fff"/>',
    '=': '<path d="M-1.300 -2v4M1.300 -2v4" stroke="#fff" stroke-width="1.500" stroke-linecap="round"/>',
    x: '<path d="m-1.800 -1.800 3.600 3.600m0 -3.600-3.600 3.600" stroke="#fff" stroke-width="1.500" stroke-linecap="round"/>',
  };
  return `<g transform="translate(26 ${y})"><circle r="5.200" fill="${colour}" stroke="#fff" stroke-width="1"/>${mark[text]}</g>`;
}

function marker(kind: Kind, stage: Stage, certainty: Certainty): string {
  const { fill, ink, edge } = STAGE_COLOURS[stage];
  const hollow = certainty === 'placeholder';
  const dash = certainty === 'surveyed' ? '' : 'stroke-dasharray="3.300 2.400"';
  const body = hollow ? '#ffffff' : fill;
  const hatch =
    stage === 'not_reported' && !hollow
      ? '<g stroke="#fff" stroke-opacity=".2" stroke-width="1.600"><path d="M5.500 18 18 5.500M7.500 23.500l16-16M13.500 26.500l13-13"/></g>'
      : '';
  return [
    '<circle cx="16" cy="16" r="13.600" fill="#fff"/>',
    `<circle cx="16" cy="16" r="11" fill="${body}"/>${hatch}`,
    `<circle cx="16" cy="16" r="12.600" fill="none" stroke="${edge}" stroke-width="1.700" ${dash}/>`,
    placed(kind, 8, 8, 16, hollow ? edge : ink),
    hollow ? badge('?', 6, edge) : '',
    stage === 'suspended' ? badge('=', 26, edge) : stage === 'cancelled' ? badge('x', 26, edge) : '',
  ].join('');
}

interface Sprite {
  name: string;
  svg: string;
  size: number;
}

function sprites(): Sprite[] {
  const all: Sprite[] = [];
  for (const kind of KINDS) {
    for (const stage of STAGES) {
      for (const certainty of CERTAINTIES) {
        all.push({ name: markerIcon(kind, stage, certainty), svg: marker(kind, stage, certainty), size: CELL });
      }
    }
  }
  for (const light of LIGHTS) {
    all.push({ name: lightIcon(light), svg: placed(`light-${light}`, 0, 0, LIGHT_SIZE), size: LIGHT_SIZE });
  }
  for (const light of LATE_LIGHTS) {
    all.push({ name: badgeIcon(light), svg: placed(`light-${light}`, 0, 0, BADGE_SIZE), size: BADGE_SIZE });
  }
  return all;
}

/** The rasteriser's colours are multiplied by their alpha; a PNG's are not. */
function straight(pixels: Uint8Array): Uint8Array {
  return pixels.map((value, i) => {
    const alpha = pixels[i - (i % 4) + 3]!;
    return i % 4 === 3 || alpha === 0 ? value : Math.min(255, Math.round((value * 255) / alpha));
  });
}

export interface SpriteSheet {
  json: string;
  png: Uint8Array;
}

/** The sheet at a pixel ratio, ready to be served as `plan.json` and `plan.png`. */
export function spriteSheet(ratio: number): SpriteSheet {
  const all = sprites();
  const [width, height] = [COLUMNS * CELL, Math.ceil(all.length / COLUMNS) * CELL];
  const index: Record<string, unknown> = {};
  const body = all.map(({ name, svg, size }, i) => {
    const [x, y] = [(i % COLUMNS) * CELL, Math.floor(i / COLUMNS) * CELL];
    index[name] = { x: x * ratio, y: y * ratio, width: size * ratio, height: size * ratio, pixelRatio: ratio };
    return `<g transform="translate(${x} ${y})">${svg}</g>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}">${body.join('')}</svg>`;
  const image = new Resvg(svg, { fitTo: { mode: 'width', value: width * ratio } }).render();
  const png = pngOf(straight(image.pixels), image.width, image.height);
  return { json: JSON.stringify(index), png };
}
