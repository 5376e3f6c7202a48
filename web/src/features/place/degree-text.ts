// What is wrong with a typed coordinate, in words.
import { DEGREE_LIMITS, type DegreeAxis, type DegreeFault } from '../../domain/geo/degrees.ts';
import type { AppState } from '../../state/app.svelte.ts';

export function degreeText({ plan, t }: AppState, axis: DegreeAxis, fault: DegreeFault): string {
  const extent = plan.tree?.extent ?? [-180, -90, 180, 90];
  const [min, max] = [extent[axis]!, extent[axis + 2]!];
  const names = [t('place.lon'), t('place.lat')] as const;
  if (fault === 'swapped') return t('place.swapped', { is: names[axis === 0 ? 1 : 0], wanted: names[axis], min, max });
  if (fault === 'number') return t('fault.number', { example: ((min + max) / 2).toFixed(4) });
  return t('fault.range', { min: -DEGREE_LIMITS[axis], max: DEGREE_LIMITS[axis] });
}
