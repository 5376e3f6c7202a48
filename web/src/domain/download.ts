// Data the reader can take along without asking the server again.
import type { FeatureCollection } from 'geojson';

/** An address that holds a feature collection itself. */
export function geojsonHref({ type, features }: FeatureCollection): string {
  return `data:application/geo+json;charset=utf-8,${encodeURIComponent(JSON.stringify({ type, features }))}`;
}

/** An address that holds a table itself. */
export function csvHref(table: string): string {
  return `data:text/csv;charset=utf-8,${encodeURIComponent(table)}`;
}
