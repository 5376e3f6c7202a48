// The projects whose best place is not surveyed, worst first: what the surveyors do next.
import type { Kind, Position, Text } from '../vocab.ts';

/** Worst first; null is a project without any place. */
const WORST: readonly (Position | null)[] = [null, 'placeholder', 'rough', 'approximate', 'surveyed'];

export interface Placed {
  project: string;
  position: Position;
  accuracy_m: number;
}
interface Named {
  id: string;
  kind: Kind;
  name: Text;
}
export interface Work extends Named {
  position: Position | null;
  accuracy_m: number;
}

/** The best known place of each project. */
export function bestPlaces(places: Iterable<Placed>): Map<string, Placed> {
  const best = new Map<string, Placed>();
  for (const place of places) {
    const before = best.get(place.project);
    if (
      !before ||
      rank(place) > rank(before) ||
      (rank(place) === rank(before) && place.accuracy_m < before.accuracy_m)
    ) {
      best.set(place.project, place);
    }
  }
  return best;
}

const rank = ({ position }: { position: Position | null }) => WORST.indexOf(position);

export function worklist(projects: readonly Named[], places: Iterable<Placed>): { todo: Work[]; surveyed: number } {
  const best = bestPlaces(places);
  const all = projects.map(({ id, kind, name }): Work => {
    const place = best.get(id);
    return { id, kind, name, position: place?.position ?? null, accuracy_m: place?.accuracy_m ?? 0 };
  });
  const todo = all.filter((work) => work.position !== 'surveyed');
  todo.sort((a, b) => rank(a) - rank(b) || b.accuracy_m - a.accuracy_m);
  return { todo, surveyed: all.length - todo.length };
}
