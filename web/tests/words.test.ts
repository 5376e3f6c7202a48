// Every word is there in both languages with the same places to fill, and numbers read as people read them.
import { readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { bearing, daysBetween, distance, distanceError, quantity, radius, targetValue } from '../src/domain/format.ts';
import { AIMS, KINDS, LIGHTS, POSITIONS, STAGES } from '../src/domain/vocab.ts';
import { WORD_KEYS, word } from '../src/domain/words.ts';
// The words of tasks that load later.
import '../src/domain/words/accounts.ts';
import '../src/domain/words/data.ts';
import '../src/domain/words/history.ts';
import '../src/domain/words/import.ts';
import '../src/domain/words/inspection.ts';
import '../src/domain/words/patch.ts';

test.each(WORD_KEYS)('%s is said in both languages', (key) => {
  const [zh, en] = [word(key, 'zh'), word(key, 'en')];
  expect(zh.trim()).not.toBe('');
  expect(en.trim()).not.toBe('');
  const places = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
  expect(places(zh)).toEqual(places(en));
  expect(zh + en).not.toMatch(/[!！]/);
});

test('no word is written twice, in one file or in two', () => {
  const folder = resolve(import.meta.dirname, '../src/domain');
  const files = ['words.ts', ...readdirSync(`${folder}/words`).map((name) => `words/${name}`)];
  const keys = files.flatMap((file) =>
    [...readFileSync(`${folder}/${file}`, 'utf8').matchAll(/^ {2}'?([\w.]+)'?: \{/gm)].map((m) => m[1]!),
  );
  expect(keys.length).toBe(WORD_KEYS.length);
  expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
});

test('every word of the plan has a name', () => {
  const keys = [
    ...KINDS.map((k) => `kind.${k}`),
    ...STAGES.map((s) => `stage.${s}`),
    ...LIGHTS.map((l) => `light.${l}`),
    ...POSITIONS.map((p) => `position.${p}`),
    ...AIMS.map((a) => `aim.${a}`),
  ];
  for (const key of keys) expect(WORD_KEYS).toContain(key);
});

test.each([
  [0, '0 m'],
  [4.4, '4 m'],
  [112, '110 m'],
  [344, '340 m'],
  [994, '990 m'],
  [996, '1 km'],
  [1234, '1.2 km'],
  [2000, '2 km'],
  [14_321, '14 km'],
])('%d metres read as %s', (metres, text) => expect(distance(metres)).toBe(text));

test('a radius is exact', () => {
  expect([radius(150), radius(1000), radius(1500)]).toEqual(['150 m', '1 km', '1.5 km']);
});

test.each([
  [0, '↑', '北', 'N'],
  [44, '↗', '东北', 'NE'],
  [180, '↓', '南', 'S'],
  [338, '↑', '北', 'N'],
  [359.9, '↑', '北', 'N'],
  [-90, '←', '西', 'W'],
])('%d degrees point %s', (degrees, arrow, zh, en) => {
  expect(bearing(degrees, 'zh')).toEqual({ arrow, text: zh });
  expect(bearing(degrees, 'en').text).toBe(en);
});

test('targets read with their sign and unit', () => {
  expect(targetValue('>=', 2000, { zh: '亩', en: 'mu' }, 'zh')).toBe('≥ 2,000 亩');
  expect(quantity(50, { zh: '%', en: 'percent' }, 'en')).toBe('50%');
  expect(daysBetween('2019-12-01', '2019-12-31')).toBe(30);
});

test('the error of a distance is told when it shows in the distance', () => {
  expect(distanceError(1200, 2000)).toBe('± 2 km');
  expect(distanceError(5000, 400)).toBeNull();
  expect(distanceError(0, 0)).toBeNull();
});
