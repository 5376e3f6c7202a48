// Reports from the field: their words as closed lists, what one would change, and where they were made.
import type { Feature, FeatureCollection, Point, Position } from 'geojson';
import type { Stage } from './vocab.ts';

export const INSPECTION_STATES = ['pending', 'accepted', 'rejected'] as const;
export type InspectionState = (typeof INSPECTION_STATES)[number];

/** What speaks against a report, weightiest first. */
export const MARKS = ['far', 'no_fix', 'poor_fix', 'photo_elsewhere', 'photo_old', 'clock_ahead'] as const;
export type Mark = (typeof MARKS)[number];

/** A report that came in by this much later than it was made waited in the device: its age must be told. */
const LATE_MS = 30 * 60_000;

interface Report {
  id: string;
  geometry: Point | null;
  properties: {
    state: InspectionState;
    marks: readonly Mark[] | null;
    photos: readonly { id: string; position: Position | null }[];
  };
}

export function cameLate(observed_at: string, received_at: string): boolean {
  return Date.parse(received_at) - Date.parse(observed_at) > LATE_MS;
}

/** How long a report waited in the device, in whole hours. */
export function hoursBetween(earlier: string, later: string): number {
  return Math.round((Date.parse(later) - Date.parse(earlier)) / 3_600_000);
}

interface Standing {
  stage: Stage;
  progress: number | null;
}
export interface Step<T> {
  before: T;
  after: T;
  changes: boolean;
}

/** What accepting a report would make of its project. A report without a progress leaves that as it is. */
export function proposal(report: Standing, project: Standing): { stage: Step<Stage>; progress: Step<number | null> } {
  const step = <T>(before: T, after: T): Step<T> => ({ before, after, changes: before !== after });
  return {
    stage: step(project.stage, report.stage),
    progress: step(project.progress, report.progress ?? project.progress),
  };
}

/** Whether the project was told of a later day, so that the report would be kept without changing it. */
export function isOvertaken(day: string, reported: string | null): boolean {
  return reported !== null && reported > day;
}

/** The reports that wait and that nothing speaks against: they can be accepted together. */
export function clean<R extends Report>(reports: readonly R[]): R[] {
  return reports.filter(({ properties: p }) => p.state === 'pending' && (p.marks ?? []).length === 0);
}

/** A point on the map: where a report was made, by its number in the list, or where one of its photos was. */
export interface SpotProperties {
  report: string;
  n: number;
  what: 'report' | 'photo';
  photo: string | null;
}
export type Spots = FeatureCollection<Point, SpotProperties>;

/** Where reports and photos were made. Photos stand before the reports, so that the numbers are drawn over them. */
export function spotsOf(reports: readonly Report[]): Spots {
  const at = (coordinates: Position, properties: SpotProperties): Feature<Point, SpotProperties> => ({
    type: 'Feature',
    geometry: { type: 'Point', coordinates },
    properties,
  });
  const numbered = reports.map((report, i) => ({ report, n: i + 1 }));
  const photos = numbered.flatMap(({ report: { id, properties }, n }) =>
    properties.photos.flatMap((photo) =>
      photo.position ? [at(photo.position, { report: id, n, what: 'photo', photo: photo.id })] : [],
    ),
  );
  const fixes = numbered.flatMap(({ report: { id, geometry, properties }, n }) =>
    geometry
      ? [at(geometry.coordinates, { report: id, n, what: 'report', photo: properties.photos[0]?.id ?? null })]
      : [],
  );
  return { type: 'FeatureCollection', features: [...photos, ...fixes.reverse()] };
}

/** The time that a camera wrote, without what a reader of a caption does not need: `2026-11-24 09:05`. */
export function cameraTime(text: string): string {
  return text.replace('T', ' ').replace(/(\d{2}:\d{2})(?::\d{2}.*)?$/, '$1');
}
