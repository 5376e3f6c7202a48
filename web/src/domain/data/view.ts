// What the page of data shows, and its two-way translation to an address.
import { oneOf } from '../vocab.ts';

export const DATA_TABS = ['export', 'import', 'connect'] as const;
export type DataTab = (typeof DATA_TABS)[number];
/** Which of the plan an export takes, as the map asked when it was left: all, its filters, its project, what it found. */
export const DATA_SCOPES = ['all', 'filtered', 'project', 'found'] as const;
export type DataScope = (typeof DATA_SCOPES)[number];

export interface DataView {
  tab: DataTab;
  of: DataScope;
  /** The import that is looked at. */
  file: string | null;
}

export function emptyData(): DataView {
  return { tab: 'export', of: 'all', file: null };
}

export function parseData(get: (name: string) => string | null, id: (name: string) => string | null): DataView {
  return {
    tab: oneOf(DATA_TABS, get('tab')) ?? 'export',
    of: oneOf(DATA_SCOPES, get('of')) ?? 'all',
    file: id('file'),
  };
}

export function putData(put: (name: string, value: string | null, differs?: boolean) => void, data: DataView): void {
  put('tab', data.tab, data.tab !== 'export');
  put('of', data.of, data.of !== 'all');
  put('file', data.file, data.tab === 'import');
}
