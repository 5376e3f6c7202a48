// A burst of changes is told once, soon after it ends, and not later than its limit; a new day is asked for after midnight.
import { expect, test } from 'vitest';
import {
  Burst,
  LONGEST_MS,
  PAST_MS,
  QUARTER_MS,
  QUIET_MS,
  QuarterBell,
  SPREAD_MS,
  merged,
  waitFor,
  type Batch,
  type Clock,
} from '../src/domain/live.ts';

/** A clock that stands until it is turned. */
function handClock(now = 0) {
  let timers: { at: number; run: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return () => (timers = timers.filter((t) => t !== timer));
    },
  };
  function turn(ms: number): void {
    const end = now + ms;
    for (;;) {
      const next = timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      timers = timers.filter((t) => t !== next);
      now = next.at;
      next.run();
    }
    now = end;
  }
  return { clock, turn };
}

const change = (seq: number, projects: string[], actor: string | null = 'li') => ({
  seq,
  actor,
  projects,
  types: ['project'],
});

test('changes are merged without doubles, and the newest number stays', () => {
  const batch = merged(merged(null, change(7, ['a', 'b'])), change(5, ['b', 'c'], null));
  expect(batch).toEqual({ seq: 7, actors: ['li'], projects: ['a', 'b', 'c'], types: ['project'] });
});

test('one change is told after a short quiet', () => {
  const { clock, turn } = handClock();
  const told: Batch[] = [];
  const burst = new Burst((batch) => told.push(batch), clock);
  burst.add(change(1, ['a']));
  turn(QUIET_MS - 1);
  expect(told).toEqual([]);
  turn(1);
  expect(told.map((b) => b.projects)).toEqual([['a']]);
});

test('a burst is told once', () => {
  const { clock, turn } = handClock();
  const told: Batch[] = [];
  const burst = new Burst((batch) => told.push(batch), clock);
  for (let seq = 1; seq <= 5; seq++) {
    burst.add(change(seq, [`p${seq}`]));
    turn(QUIET_MS / 2);
  }
  turn(QUIET_MS);
  expect(told).toHaveLength(1);
  expect(told[0]!.projects).toHaveLength(5);
  burst.add(change(9, ['z']));
  turn(QUIET_MS);
  expect(told[1]!.projects).toEqual(['z']);
});

test('a burst without end is told all the same', () => {
  const { clock, turn } = handClock();
  const told: number[] = [];
  const burst = new Burst(() => told.push(clock.now()), clock);
  for (let at = 0; at < 10_000; at += 100) {
    burst.add(change(at, ['a']));
    turn(100);
  }
  expect(told[0]).toBeLessThanOrEqual(LONGEST_MS);
  expect(told.length).toBeGreaterThanOrEqual(6);
  expect(waitFor(0, LONGEST_MS + 50)).toBe(0);
});

test('a dropped burst is never told', () => {
  const { clock, turn } = handClock();
  const told: Batch[] = [];
  const burst = new Burst((batch) => told.push(batch), clock);
  burst.add(change(1, ['a']));
  burst.drop();
  turn(LONGEST_MS);
  expect(told).toEqual([]);
});

test('the bell rings soon after midnight wherever the server is, and once for each time it is set', () => {
  // Shanghai, Kathmandu (+5:45) and St John's (-3:30): ten minutes before midnight.
  for (const evening of ['2026-11-24T15:50:00Z', '2026-11-24T18:05:00Z', '2026-11-25T03:20:00Z']) {
    const { clock, turn } = handClock(Date.parse(evening));
    let rung = 0;
    const bell = new QuarterBell(() => rung++, clock);
    bell.set();
    turn(10 * 60_000);
    expect(rung, evening).toBe(0);
    turn(PAST_MS + SPREAD_MS);
    expect(rung, evening).toBe(1);
    turn(2 * QUARTER_MS);
    expect(rung, evening).toBe(1);
  }
});

test('a bell that is set again rings once, and one that is stopped never', () => {
  const { clock, turn } = handClock();
  let rung = 0;
  const bell = new QuarterBell(() => rung++, clock);
  bell.set();
  turn(QUARTER_MS / 2);
  bell.set();
  turn(QUARTER_MS);
  expect(rung).toBe(1);
  bell.set();
  bell.stop();
  turn(2 * QUARTER_MS);
  expect(rung).toBe(1);
});
