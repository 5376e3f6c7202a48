// Days stand where they belong on the bar, keys lead where they should, and play ends today.
import { expect, test } from 'vitest';
import { addDays, addMonths, clockTime, isDay, monthsBetween } from '../src/domain/day.ts';
import { tilesIn } from '../src/domain/geo/tiles.ts';
import { axisOf, dayAt, placeOf, stepsOf } from '../src/domain/axis.ts';
import { dayForKey, labelsOf, marksOf, nextOfPlay, startOfPlay } from '../src/domain/timeline.ts';

const span = { first: '2019-01-01', today: '2019-12-31' };
const at = (...dates: string[]) => dates.map((date) => ({ date, changes: 1 }));
const monthly = at(...monthsBetween('2019-01-01', '2019-12-31'));
const axis = axisOf(monthly, span);

test.each([
  ['2019-02-28', true],
  ['2020-02-29', true],
  ['2019-02-29', false],
  ['2019-13-01', false],
  ['2019-1-1', false],
  ['', false],
  [null, false],
])('%s is a day: %s', (text, yes) => expect(isDay(text)).toBe(yes));

test('a month on is the same day, or the last of a shorter month', () => {
  expect(addMonths('2019-01-31', 1)).toBe('2019-02-28');
  expect(addMonths('2019-03-31', -1)).toBe('2019-02-28');
  expect(addMonths('2019-12-15', 1)).toBe('2020-01-15');
  expect(addMonths('2020-01-15', -3)).toBe('2019-10-15');
  expect(addDays('2019-12-31', 1)).toBe('2020-01-01');
  expect(monthsBetween('2019-11-15', '2020-02-01')).toEqual(['2019-12-01', '2020-01-01', '2020-02-01']);
});

test('a day stands between the first and today, and never outside', () => {
  expect(placeOf('2019-01-01', axis)).toBe(0);
  expect(placeOf('2019-12-31', axis)).toBe(1);
  expect(placeOf('2019-07-02', axis)).toBeCloseTo(0.5);
  expect(placeOf('1999-01-01', axis)).toBe(0);
  expect(placeOf('2099-01-01', axis)).toBe(1);
  expect(stepsOf(axis)).toBe(364);
  const one = axisOf([], { first: '2019-01-01', today: '2019-01-01' });
  expect([stepsOf(one), placeOf('2019-01-01', one)]).toEqual([1, 1]);
});

test('quiet years after a year of changes are drawn in, and every day is still there', () => {
  const long = axisOf([...monthly, ...at('2026-11-24')], { first: '2019-01-01', today: '2026-11-24' });
  expect(long.map((s) => s.quiet)).toEqual([false, true, false]);
  expect(placeOf('2019-12-01', long)).toBeGreaterThan(0.8);
  expect(long[0]!.start).toBe(0);
  expect(long.at(-1)!.end).toBeCloseTo(1);
  const steps = stepsOf(long);
  for (const day of ['2019-01-01', '2019-03-07', '2019-12-14', '2026-11-15', '2026-11-24']) {
    expect(dayAt(Math.round(placeOf(day, long) * steps) / steps, long), day).toBe(day);
  }
  expect(dayAt(placeOf('2023-01-01', long), long)).toBe('2023-01-01');
});

test('a plan without changes, or with them spread evenly, keeps its days in proportion', () => {
  expect(axisOf([], { first: '2026-11-01', today: '2026-11-24' })).toHaveLength(1);
  expect(axis).toHaveLength(1);
  // A month off is no quiet stretch.
  expect(
    axisOf(at('2019-01-01', '2019-03-01', '2019-04-01'), { first: '2019-01-01', today: '2019-04-30' }),
  ).toHaveLength(1);
});

test('marks stand where changes are; many changes stand taller, few remain visible', () => {
  const marks = marksOf(
    [
      { date: '2018-12-31', changes: 9 },
      { date: '2019-01-01', changes: 100 },
      { date: '2019-07-02', changes: 1 },
      { date: '2019-08-01', changes: 0 },
    ],
    span,
    axis,
  );
  expect(marks.map((m) => m.day)).toEqual(['2019-01-01', '2019-07-02']);
  expect(marks[0]!.height).toBe(1);
  expect(marks[1]!.height).toBeGreaterThan(0.25);
});

test('labels are no more than there is room for, and begin the year with its number', () => {
  expect(labelsOf(axis, 12).map((l) => l.text)).toEqual([
    '2019', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12',
  ]); // prettier-ignore
  expect(labelsOf(axis, 5).map((l) => l.text)).toEqual(['2019', '04', '07', '10']);
  const spring = axisOf([], { first: '2019-02-03', today: '2019-05-04' });
  expect(labelsOf(spring, 5).map((l) => l.text)).toEqual(['2019-03', '04', '05']);
  const span = { first: '2001-01-01', today: '2026-11-24' };
  const years = labelsOf(axisOf(at(...monthsBetween(span.first, span.today)), span), 11);
  expect(years.length).toBeLessThanOrEqual(14);
  expect(years.every((l) => l.major)).toBe(true);
});

test.each([5, 11])('with room for %i, labels on a bar with quiet years do not touch', (most) => {
  const long = axisOf([...monthly, ...at('2026-11-24')], { first: '2019-01-01', today: '2026-11-24' });
  const labels = labelsOf(long, most);
  expect(labels.length).toBeGreaterThan(2);
  expect(labels[0]!.text).toBe('2019');
  for (const [i, label] of labels.slice(1).entries()) expect(label.at - labels[i]!.at).toBeGreaterThan(0.06);
});

test.each([
  ['ArrowRight', '2019-06-16'],
  ['ArrowUp', '2019-06-16'],
  ['ArrowLeft', '2019-06-14'],
  ['PageUp', '2019-07-15'],
  ['PageDown', '2019-05-15'],
  ['Home', '2019-01-01'],
  ['End', '2019-12-31'],
  ['Enter', null],
])('%s leads to %s', (key, day) => expect(dayForKey(key, '2019-06-15', span)).toBe(day));

test('keys stop at both ends', () => {
  expect(dayForKey('ArrowLeft', span.first, span)).toBe(span.first);
  expect(dayForKey('PageUp', '2019-12-20', span)).toBe(span.today);
});

test('play goes by weeks from where one is, from the first day when that is today, and ends today', () => {
  expect(startOfPlay('2019-06-15', span)).toBe('2019-06-15');
  expect(startOfPlay('2019-12-31', span)).toBe('2019-01-01');
  expect(nextOfPlay('2019-06-15', span, axis)).toBe('2019-06-22');
  expect(nextOfPlay('2019-12-28', span, axis)).toBe('2019-12-31');
  expect(nextOfPlay('2019-12-31', span, axis)).toBeNull();
  const long = { first: '2019-01-01', today: '2026-11-24' };
  expect(nextOfPlay('2019-12-14', long, axisOf(monthly, long))).toBe('2026-11-10');
});

test('a moment reads as day and clock, and what is none stays as it is', () => {
  expect(clockTime(new Date(2026, 10, 24, 9, 5).getTime())).toBe('2026-11-24 09:05');
  expect(clockTime('soon')).toBe('soon');
});

test('the tiles of a box are those that cover it', () => {
  expect(tilesIn([-180, -85, 180, 85], 0)).toEqual([{ z: 0, x: 0, y: 0 }]);
  expect(tilesIn([-1, -1, 1, 1], 1)).toHaveLength(4);
  // The middle of the shipped plan's district.
  expect(tilesIn([120.75, 30.74, 120.75, 30.74], 12)).toEqual([{ z: 12, x: 3421, y: 1680 }]);
  expect(tilesIn([-180, -90, 180, 90], 16).length).toBeLessThanOrEqual(64);
});
