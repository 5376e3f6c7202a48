// A burst of changes is told once, soon after it ends, and not later than its limit.
import { expect, test } from 'vitest';
import { Burst, LONGEST_MS, QUIET_MS, merged, waitFor, type Batch, type Clock } from '../src/domain/live.ts';

/** A clock that stands until it is turned. */
function handClock() {
  let now = 0;
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
