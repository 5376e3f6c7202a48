// The order of a round: from here to the nearest stop each time, then straightened until no turn of a stretch shortens it.
// Lengths are straight lines; the way begins here and ends wherever the last stop is.
import { planeAt } from '../geo/plane.ts';
import type { Position2 } from '../ring.ts';

export interface Stop {
  id: string;
  at: Position2;
}

export interface Round {
  ids: string[];
  length_m: number;
}

/** Turns that gain less than this are not worth the loop. */
const GAIN_M = 0.01;

export function orderRound(start: Position2, stops: readonly Stop[]): Round {
  const plane = planeAt(start);
  const flat = stops.map((stop) => plane.toMetres(stop.at));
  const order = straightened(nearestFirst(flat), flat);
  return { ids: order.map((i) => stops[i]!.id), length_m: lengthOf(order, flat) };
}

/** The length of the stops in the order in which they are given. */
export function roundLength(start: Position2, stops: readonly Stop[]): number {
  const plane = planeAt(start);
  const flat = stops.map((stop) => plane.toMetres(stop.at));
  return lengthOf(
    flat.map((_, i) => i),
    flat,
  );
}

const between = ([ax, ay]: Position2, [bx, by]: Position2) => Math.hypot(bx - ax, by - ay);
const HERE: Position2 = [0, 0];

function lengthOf(order: readonly number[], flat: readonly Position2[]): number {
  let at = HERE;
  let sum = 0;
  for (const i of order) {
    sum += between(at, flat[i]!);
    at = flat[i]!;
  }
  return sum;
}

function nearestFirst(flat: readonly Position2[]): number[] {
  const left = new Set(flat.keys());
  const order: number[] = [];
  let at = HERE;
  while (left.size > 0) {
    let next = -1;
    for (const i of left) if (next < 0 || between(at, flat[i]!) < between(at, flat[next]!)) next = i;
    left.delete(next);
    order.push(next);
    at = flat[next]!;
  }
  return order;
}

/** 2-opt on an open way: a stretch is walked the other way round whenever that shortens the whole. */
function straightened(order: number[], flat: readonly Position2[]): number[] {
  const way = [...order];
  const at = (i: number) => (i < 0 ? HERE : flat[way[i]!]!);
  for (let better = true; better;) {
    better = false;
    for (let i = 0; i < way.length - 1; i++) {
      for (let j = i + 1; j < way.length; j++) {
        const isLast = j === way.length - 1;
        const before = between(at(i - 1), at(i)) + (isLast ? 0 : between(at(j), at(j + 1)));
        const after = between(at(i - 1), at(j)) + (isLast ? 0 : between(at(i), at(j + 1)));
        if (before - after <= GAIN_M) continue;
        way.splice(i, j - i + 1, ...way.slice(i, j + 1).reverse());
        better = true;
      }
    }
  }
  return way;
}
