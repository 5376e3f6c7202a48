// Counting: what a list of projects or features holds, by kind, stage and light.
import { KINDS, LATE_LIGHTS, LIGHTS, STAGES, type Kind, type Light, type Stage } from './vocab.ts';

export interface Counted {
  kind: Kind;
  stage: Stage;
  light: Light;
}

export interface Tally {
  total: number;
  kind: Record<Kind, number>;
  stage: Record<Stage, number>;
  light: Record<Light, number>;
  late: number;
}

function zeros<T extends string>(keys: readonly T[]): Record<T, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<T, number>;
}

export function isLate(light: Light): boolean {
  return LATE_LIGHTS.includes(light);
}

export function tally(things: Iterable<Counted>): Tally {
  const sum: Tally = { total: 0, kind: zeros(KINDS), stage: zeros(STAGES), light: zeros(LIGHTS), late: 0 };
  for (const { kind, stage, light } of things) {
    sum.total += 1;
    sum.kind[kind] += 1;
    sum.stage[stage] += 1;
    sum.light[light] += 1;
    if (isLate(light)) sum.late += 1;
  }
  return sum;
}

/** A table of counts, kind by stage. */
export function matrix(things: Iterable<Counted>): Record<Kind, Record<Stage, number>> {
  const table = Object.fromEntries(KINDS.map((kind) => [kind, zeros(STAGES)])) as Record<Kind, Record<Stage, number>>;
  for (const { kind, stage } of things) table[kind][stage] += 1;
  return table;
}

/** One entry for each project, its nearest feature; a project of several features is counted once. */
export function nearestPerProject<T extends { project: string; distance_m: number }>(things: T[]): T[] {
  const seen = new Map<string, T>();
  for (const thing of things) {
    const before = seen.get(thing.project);
    if (!before || thing.distance_m < before.distance_m) seen.set(thing.project, thing);
  }
  return [...seen.values()].sort((a, b) => a.distance_m - b.distance_m);
}
