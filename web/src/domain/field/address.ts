// The addresses of the field app: a page, and what it is about.

export const PAGES = ['near', 'map', 'round', 'reports'] as const;
export type Page = (typeof PAGES)[number];

export type Spot =
  | { page: Page }
  /** The form for a project. */
  | { page: 'report'; project: string }
  /** The form that says a refused report anew; `report` is its place in the queue. */
  | { page: 'again'; report: number };

const ROOT = '/field';

export function readSpot(path: string): Spot {
  const [page, what] = path
    .slice(ROOT.length)
    .split('/')
    .filter(Boolean)
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return '';
      }
    });
  if (page === 'report' && what) return { page, project: what };
  if (page === 'again' && /^\d+$/.test(what ?? '')) return { page, report: Number(what) };
  return { page: PAGES.find((known) => known === page) ?? 'near' };
}

export function hrefOf(spot: Spot): string {
  if (spot.page === 'report') return `${ROOT}/report/${encodeURIComponent(spot.project)}`;
  if (spot.page === 'again') return `${ROOT}/again/${spot.report}`;
  return spot.page === 'near' ? ROOT : `${ROOT}/${spot.page}`;
}
