// The rules of the field: how far and where to, how good a fix is, what will be marked, the order of a round, and ids.
import { expect, test } from 'vitest';
import { hrefOf, readSpot } from '../src/domain/field/address.ts';
import { ageOf, visitAge } from '../src/domain/field/age.ts';
import { arrowTurn, headingOf } from '../src/domain/field/compass.ts';
import { takenAt } from '../src/domain/field/exif.ts';
import { qualityOf, readFix, takeFix, type Fix } from '../src/domain/field/fix.ts';
import { uuidV7 } from '../src/domain/field/id.ts';
import { groundTiles, planTilesOf } from '../src/domain/field/keep-tiles.ts';
import { doubtsAbout } from '../src/domain/field/marks.ts';
import { nearList } from '../src/domain/field/near.ts';
import { photoType } from '../src/domain/field/photo.ts';
import { orderRound, roundLength, type Stop } from '../src/domain/field/round.ts';
import { bytesText, isTight } from '../src/domain/field/storage.ts';
import { awayFrom, nearestPoint, type Place } from '../src/domain/field/where.ts';
import { SITE_KEYS, fieldWord } from '../src/domain/field/words.ts';
import { planeAt } from '../src/domain/geo/plane.ts';
import type { Position2 } from '../src/domain/ring.ts';

const HERE: Position2 = [120.75, 30.75];
const plane = planeAt(HERE);
const at = (east_m: number, north_m: number): Position2 => plane.toDegrees([east_m, north_m]);
const fix = (accuracy_m: number | null, time = 0, where = HERE): Fix => ({
  lon: where[0],
  lat: where[1],
  accuracy_m,
  source: 'device',
  at: time,
});
const point = (where: Position2, accuracy_m = 0): Place => ({
  geometry: { type: 'Point', coordinates: where },
  position: accuracy_m ? 'approximate' : 'surveyed',
  accuracy_m,
});

test.each([
  [at(0, 100), 100, 0],
  [at(100, 0), 100, 90],
  [at(0, -40), 40, 180],
  [at(-30, 30), 42.4, 315],
])('a point is as far as it is, and that way', (where, metres, bearing) => {
  const found = nearestPoint(HERE, { type: 'Point', coordinates: where })!;
  expect(found.distance_m).toBeCloseTo(metres, 0);
  expect(found.bearing_deg).toBeCloseTo(bearing, 0);
});

test('a road is as far as its nearest spot, not its ends or its middle', () => {
  const road = { type: 'LineString' as const, coordinates: [at(-5000, 60), at(9000, 60)] };
  const found = nearestPoint(HERE, road)!;
  expect(found.distance_m).toBeCloseTo(60, 0);
  expect(found.bearing_deg! % 360).toBeCloseTo(0, 0);
});

test('inside an area one is there; in its hole one is not', () => {
  const ring = (r: number) => [at(-r, -r), at(r, -r), at(r, r), at(-r, r), at(-r, -r)];
  expect(nearestPoint(HERE, { type: 'Polygon', coordinates: [ring(50)] })).toEqual({
    distance_m: 0,
    bearing_deg: null,
  });
  const holed = nearestPoint(HERE, { type: 'Polygon', coordinates: [ring(80), ring(30)] })!;
  expect(holed.distance_m).toBeCloseTo(30, 0);
});

test('the nearest of several places counts, with its own error', () => {
  const away = awayFrom(HERE, [point(at(500, 0)), point(at(0, 200), 90)])!;
  expect(away.distance_m).toBeCloseTo(200, 0);
  expect(away.error_m).toBe(90);
  expect(awayFrom(HERE, [])).toBeNull();
});

test('distances agree with a plain loop over many points of a shape', () => {
  let seed = 7;
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  for (let round = 0; round < 50; round++) {
    const path = Array.from({ length: 4 }, () => at(random() * 2000 - 1000, random() * 2000 - 1000));
    let best = Infinity;
    for (let i = 1; i < path.length; i++)
      for (let step = 0; step <= 2000; step++) {
        const t = step / 2000;
        const [a, b] = [path[i - 1]!, path[i]!];
        const [x, y] = plane.toMetres([a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t]);
        best = Math.min(best, Math.hypot(x, y));
      }
    const found = nearestPoint(HERE, { type: 'LineString', coordinates: path })!;
    expect(Math.abs(found.distance_m - best)).toBeLessThan(1);
  }
});

test.each([
  [8, 'good'],
  [15, 'good'],
  [16, 'fair'],
  [50, 'fair'],
  [51, 'poor'],
  [null, 'poor'],
] as const)('a fix of %s m is %s where 50 m are asked for', (accuracy, quality) => {
  expect(qualityOf(fix(accuracy), 50)).toBe(quality);
});

test('a chosen point and no fix are told apart from fixes', () => {
  expect(qualityOf({ ...fix(null), source: 'chosen' }, 50)).toBe('chosen');
  expect(qualityOf(null, 50)).toBe('none');
  expect(readFix({ longitude: NaN, latitude: 30, accuracy: 5 }, 0)).toBeNull();
});

test('of two fixes the better stands for a while, unless one walked away', () => {
  const good = fix(5, 0);
  expect(takeFix(good, fix(40, 3000))).toBe(good);
  const later = fix(40, 20_000);
  expect(takeFix(good, later)).toBe(later);
  const better = fix(4, 1000);
  expect(takeFix(good, better)).toBe(better);
  const elsewhere = fix(40, 3000, at(300, 0));
  expect(takeFix(good, elsewhere)).toBe(elsewhere);
});

const RULE = { fix_limit_m: 50, reach_m: 100 };
test.each([
  ['on the spot', fix(8), [point(at(20, 0))], []],
  ['a poor fix', fix(80), [point(at(20, 0))], ['poor_fix']],
  ['a fix of unknown quality', fix(null), [point(at(20, 0))], ['poor_fix']],
  ['no fix', null, [point(at(20, 0))], ['no_fix']],
  ['a chosen point', { ...fix(null), source: 'chosen' as const }, [point(at(20, 0))], ['no_fix']],
  ['just within reach', fix(8), [point(at(107, 0))], []],
  ['just beyond it', fix(8), [point(at(110, 0))], ['far']],
  ['far from a place that may be elsewhere', fix(8), [point(at(500, 0), 400)], []],
  ['far and poor', fix(60), [point(at(500, 0))], ['poor_fix', 'far']],
  ['a project without a place', fix(8), [], []],
])('%s', (_, where, places, marks) => {
  expect(doubtsAbout(where, places, RULE).map((d) => d.mark)).toEqual(marks);
});

test('a photo from elsewhere or from another day is asked about', () => {
  const photo = { id: 'a', name: 'IMG_1.jpg', type: 'image/jpeg', bytes: 1 };
  const DAY = 24 * 3_600_000;
  const photos = [
    { ...photo, taken_at: 0, position: at(480, 0) },
    { ...photo, taken_at: DAY + 1, position: null },
    { ...photo, taken_at: -DAY - 1, position: at(0, 520) },
    photo,
  ];
  const doubts = doubtsAbout(fix(8), [], RULE, { photos, observed_at: 0 });
  expect(doubts.map((d) => d.mark)).toEqual(['photo_old', 'photo_elsewhere', 'photo_old']);
});

test('the time of a photo is read with its offset, or as the device’s own', () => {
  expect(takenAt('2026:11:24 09:05:00', '+08:00')).toBe(Date.parse('2026-11-24T01:05:00Z'));
  expect(takenAt('2026:11:24 09:05:00', undefined)).toBe(new Date(2026, 10, 24, 9, 5).getTime());
  expect(takenAt('    :  :     :  :  ', '+08:00')).toBeNull();
  expect(takenAt(undefined, undefined)).toBeNull();
});

const project = (id: string, east: number | null, more: object = {}) => ({
  id,
  due_visit: false,
  mine: false,
  places: east === null ? [] : [point(at(east, 0))],
  ...more,
});
const ALL = { radius_m: null, due: false, mine: false };

test('the list goes by distance, and what has no place comes last', () => {
  const rows = nearList([project('none', null), project('far', 900), project('near', 30)], HERE, ALL);
  expect(rows.map((r) => r.project.id)).toEqual(['near', 'far', 'none']);
});

test('a radius, what is due and what is mine narrow the list', () => {
  const all = [project('a', 100, { due_visit: true }), project('b', 900, { mine: true }), project('c', null)];
  const ids = (filter: object) => nearList(all, HERE, { ...ALL, ...filter }).map((r) => r.project.id);
  expect(ids({ radius_m: 500 })).toEqual(['a']);
  expect(ids({ due: true })).toEqual(['a']);
  expect(ids({ mine: true })).toEqual(['b']);
  expect(nearList(all, null, ALL).map((r) => r.project.id)).toEqual(['a', 'b', 'c']);
});

const stop = (id: string, east: number, north: number): Stop => ({ id, at: at(east, north) });

test('a round does not run to and fro', () => {
  const stops = [stop('d', 400, 0), stop('b', 200, 0), stop('a', 100, 0), stop('c', 300, 0)];
  const round = orderRound(HERE, stops);
  expect(round.ids).toEqual(['a', 'b', 'c', 'd']);
  expect(round.length_m).toBeCloseTo(400, 0);
  expect(orderRound(HERE, [])).toEqual({ ids: [], length_m: 0 });
});

test('turning stretches mends what going to the nearest gets wrong', () => {
  // To the nearest first one walks right, left, right: three hundred metres more than need be.
  const stops = [stop('r1', 10, 0), stop('l1', -11, 0), stop('r2', 32, 0), stop('l2', -60, 0)];
  const best = permutations(stops).reduce((least, way) => Math.min(least, roundLength(HERE, way)), Infinity);
  expect(orderRound(HERE, stops).length_m).toBeCloseTo(best, 0);
});

test('a round holds each stop once and is close to the shortest there is', () => {
  let seed = 11;
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  for (let run = 0; run < 20; run++) {
    const stops = Array.from({ length: 7 }, (_, i) => stop(`s${i}`, random() * 3000, random() * 3000));
    const round = orderRound(HERE, stops);
    expect([...round.ids].sort()).toEqual(stops.map((s) => s.id));
    const best = permutations(stops).reduce((least, way) => Math.min(least, roundLength(HERE, way)), Infinity);
    expect(round.length_m).toBeLessThan(best * 1.25);
    const inOrder = round.ids.map((id) => stops.find((s) => s.id === id)!);
    expect(roundLength(HERE, inOrder)).toBeCloseTo(round.length_m, 6);
  }
});

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length < 2) return [[...list]];
  return list.flatMap((one, i) => permutations(list.filter((_, j) => j !== i)).map((rest) => [one, ...rest]));
}

test('ids sort by time and are of version 7', () => {
  const random = Uint8Array.from({ length: 16 }, (_, i) => i * 16 + 15);
  const ids = [0, 1, 255, 256, 1_700_000_000_000, 1_800_000_000_000].map((time) => uuidV7(time, random));
  expect([...ids].sort()).toEqual(ids);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(uuidV7(0x0123456789ab, random)).toMatch(/^01234567-89ab-7/);
});

test('a compass turns the arrow against the phone’s own turn', () => {
  expect(headingOf({ alpha: 90, absolute: true }, 0)).toBe(270);
  expect(headingOf({ alpha: 0, absolute: true }, 90)).toBe(90);
  expect(headingOf({ alpha: 10, absolute: false }, 0)).toBeNull();
  expect(headingOf({ alpha: null, webkitCompassHeading: 45 }, 0)).toBe(45);
  expect(arrowTurn(10, 350)).toBe(20);
  expect(arrowTurn(200, null)).toBe(200);
});

test.each([
  [[0xff, 0xd8, 0xff, 0xe1, 0, 0, 0, 0, 0, 0, 0, 0], 'image/jpeg'],
  [[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0], 'image/png'],
  [[0x52, 0x49, 0x46, 0x46, 1, 2, 3, 4, 0x57, 0x45, 0x42, 0x50], 'image/webp'],
  [[0, 0, 0, 24, 0x66, 0x74, 0x79, 0x70, 0x68, 0x65, 0x69, 0x63], null],
  [[0xff, 0xd8], null],
])('a photo is known by its first bytes', (head, type) => {
  expect(photoType(Uint8Array.from(head))).toBe(type);
});

test('room is short before it is gone', () => {
  const MB = 1024 * 1024;
  expect(isTight({ used: 10 * MB, quota: 1000 * MB })).toBe(false);
  expect(isTight({ used: 850 * MB, quota: 1000 * MB })).toBe(true);
  expect(isTight({ used: 10 * MB, quota: 100 * MB })).toBe(true);
  expect(isTight({ used: 10 * MB, quota: 0 })).toBe(false);
  expect([bytesText(200), bytesText(3.42 * MB), bytesText(120 * MB), bytesText(2048 * MB)]).toEqual([
    '1 KB',
    '3.4 MB',
    '120 MB',
    '2.0 GB',
  ]);
});

test('the tiles that are taken along cover the district and each place', () => {
  const ground = groundTiles([120.6, 30.6, 120.95, 30.87]);
  expect(new Set(ground).size).toBe(ground.length);
  expect(ground).toContain('8/213/105');
  const deepest = ground.filter((tile) => tile.startsWith('14/')).length;
  expect(deepest).toBeGreaterThan(200);
  expect(deepest).toBeLessThan(320);
  const plan = planTilesOf([
    { type: 'Point', coordinates: HERE },
    { type: 'Point', coordinates: HERE },
  ]);
  expect(plan.length).toBe(7);
});

test.each(['/field', '/field/map', '/field/round', '/field/reports', '/field/report/zuili-road', '/field/again/12'])(
  '%s leads where it says',
  (path) => expect(hrefOf(readSpot(path))).toBe(path),
);
test.each(['/field/', '/field/nothing', '/field/report', '/field/again/x', '/field/report/%E0%A4%A'])(
  '%s leads to the list',
  (path) => expect(readSpot(path)).toEqual({ page: 'near' }),
);

test('ages are told in the unit that people think in', () => {
  expect(ageOf(0, 4000).key).toBe('site.fix.now');
  expect(ageOf(0, 33_000)).toEqual({ key: 'site.fix.seconds', n: 30 });
  expect(ageOf(0, 150_000)).toEqual({ key: 'site.fix.minutes', n: 2 });
  expect(ageOf(9000, 0).key).toBe('site.fix.now');
  expect(visitAge(null).key).toBe('site.never');
  expect(visitAge(0).key).toBe('site.today');
  expect(visitAge(1).key).toBe('site.day_ago');
  expect(visitAge(41)).toEqual({ key: 'site.days_ago', n: 41 });
});

test.each(SITE_KEYS)('%s is said in both languages', (key) => {
  const [zh, en] = [fieldWord(key, 'zh'), fieldWord(key, 'en')];
  expect(zh.trim()).not.toBe('');
  expect(en.trim()).not.toBe('');
  const places = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
  expect(places(zh)).toEqual(places(en));
  expect(zh + en).not.toMatch(/[!！]/);
});
