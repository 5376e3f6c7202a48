// The view: everything that a link must reopen, and its two-way translation to an address. Input is untrusted.
import { decodeRing, encodeRing, type Position2 } from './ring.ts';
import {
  KINDS,
  LANGS,
  LIGHTS,
  POSITIONS,
  RELATIONS,
  SORTS,
  STAGES,
  oneOf,
  type Kind,
  type Lang,
  type Light,
  type Position,
  type Relation,
  type Sort,
  type Stage,
} from './vocab.ts';

export interface Filters {
  kind: Kind[];
  stage: Stage[];
  light: Light[];
  position: Position[];
  section: string[];
  quota: string[];
  q: string;
}
export type FilterKey = Exclude<keyof Filters, 'q'>;
export const FILTER_KEYS: readonly FilterKey[] = ['kind', 'stage', 'light', 'section', 'quota', 'position'];

export interface Camera {
  zoom: number;
  lat: number;
  lon: number;
}

/** What the analysis is asked about: a point, a feature (`collection/id`), or a drawn ring. */
export type Ask =
  | { type: 'point'; at: Position2 }
  | { type: 'feature'; ref: string }
  | { type: 'area'; ring: Position2[]; relation: Relation };

export type Page = 'map' | 'dashboard' | 'accounts' | 'tokens';
const PAGES: readonly Page[] = ['dashboard', 'accounts', 'tokens'];
export type Tab = 'plan' | 'results';
/** The right-hand card. `pick` and `draw` are the two beginnings of an analysis. */
export type Panel = 'none' | 'project' | 'near' | 'pick' | 'draw' | 'edit' | 'place' | 'worklist';
export const PANELS: readonly Panel[] = ['none', 'project', 'near', 'pick', 'draw', 'edit', 'place', 'worklist'];
/** The cards that show a project and mean nothing without one. */
const OF_PROJECT: readonly Panel[] = ['project', 'edit', 'place'];

export interface View {
  page: Page;
  /** null: what the reader's device asks for. */
  lang: Lang | null;
  tab: Tab;
  filters: Filters;
  sort: Sort;
  descending: boolean;
  project: string | null;
  panel: Panel;
  ask: Ask | null;
  radius_m: number;
  lateOnly: boolean;
  camera: Camera | null;
  basemap: string | null;
}

export const DEFAULT_RADIUS_M = 500;
export const MAX_RADIUS_M = 10_000;
/** Longer values are not ours; refusing them keeps a hostile link from stalling the page. */
const MAX_VALUE = 4000;
const MAX_LIST = 50;
const ID = /^[\p{L}\p{N}][\p{L}\p{N}._:-]{0,99}$/u;
const REF = /^[A-Za-z0-9_-]{1,64}\/[\p{L}\p{N}][\p{L}\p{N}._:-]{0,99}$/u;

export function emptyFilters(): Filters {
  return { kind: [], stage: [], light: [], position: [], section: [], quota: [], q: '' };
}

export function emptyView(): View {
  return {
    page: 'map',
    lang: null,
    tab: 'plan',
    filters: emptyFilters(),
    sort: 'plan',
    descending: false,
    project: null,
    panel: 'none',
    ask: null,
    radius_m: DEFAULT_RADIUS_M,
    lateOnly: false,
    camera: null,
    basemap: null,
  };
}

/** How many filters are on; the number in "Filters (n)". */
export function filterCount(filters: Filters): number {
  return FILTER_KEYS.reduce((sum, key) => sum + filters[key].length, filters.q ? 1 : 0);
}

/** A filter with one value put in or taken out. */
export function toggled<K extends FilterKey>(filters: Filters, key: K, value: Filters[K][number]): Filters {
  const list = filters[key] as string[];
  const next = list.includes(value) ? list.filter((v) => v !== value) : [...list, value];
  return { ...filters, [key]: next };
}

function number(value: string | null, min: number, max: number): number | null {
  if (value === null || !/^-?\d{1,9}(\.\d{1,9})?$/.test(value)) return null;
  const n = Number(value);
  return n >= min && n <= max ? n : null;
}

function pair(value: string | null): Position2 | null {
  const [lon, lat, rest] = (value ?? '').split(',');
  const x = number(lon ?? null, -180, 180);
  const y = number(lat ?? null, -90, 90);
  return x === null || y === null || rest !== undefined ? null : [x, y];
}

function parseCamera(value: string | null): Camera | null {
  const [z, lat, lon] = (value ?? '').split('/');
  const zoom = number(z ?? null, 0, 24);
  const at = pair(`${lon},${lat}`);
  return zoom === null || at === null ? null : { zoom, lat: at[1], lon: at[0] };
}

function parseAsk(get: (name: string) => string | null): Ask | null {
  const area = get('area');
  const ring = area ? decodeRing(area) : null;
  if (ring) return { type: 'area', ring, relation: oneOf(RELATIONS, get('relation')) ?? 'intersects' };
  const near = get('near');
  if (near && REF.test(near)) return { type: 'feature', ref: near };
  const at = pair(near);
  return at ? { type: 'point', at } : null;
}

/** Reads an address. What is not understood is left out, so an old or mistyped link still opens. */
export function parseView(pathname: string, search: string): View {
  const params = new URLSearchParams(search);
  const get = (name: string) => {
    const value = params.get(name);
    return value !== null && value.length <= MAX_VALUE ? value : null;
  };
  const list = (name: string) => [...new Set((get(name) ?? '').split(','))].slice(0, MAX_LIST);
  const known = <T extends string>(name: string, all: readonly T[]) =>
    list(name).filter((v): v is T => all.includes(v as T));
  const ids = (name: string) => list(name).filter((v) => ID.test(v));
  const id = (name: string) => ids(name)[0] ?? null;

  const project = id('project');
  const ask = parseAsk(get);
  const sort = get('sort') ?? '';
  const implied: Panel = project ? 'project' : ask ? 'near' : 'none';
  const panel = oneOf(PANELS, get('panel')) ?? implied;
  return {
    page: oneOf(PAGES, pathname.replace(/^\/|\/+$/g, '')) ?? 'map',
    lang: oneOf(LANGS, get('lang')),
    tab: get('tab') === 'results' ? 'results' : 'plan',
    filters: {
      kind: known('kind', KINDS),
      stage: known('stage', STAGES),
      light: known('light', LIGHTS),
      position: known('position', POSITIONS),
      section: ids('section'),
      quota: ids('quota'),
      q: (get('q') ?? '').slice(0, 100),
    },
    sort: oneOf(SORTS, sort.replace(/^-/, '')) ?? 'plan',
    descending: sort.startsWith('-') && oneOf(SORTS, sort.slice(1)) !== null && sort !== '-plan',
    project,
    panel: (OF_PROJECT.includes(panel) && !project) || (panel === 'near' && !ask) ? implied : panel,
    ask,
    radius_m: number(get('radius'), 1, MAX_RADIUS_M) ?? DEFAULT_RADIUS_M,
    lateOnly: get('late') === '1',
    camera: parseCamera(get('map')),
    basemap: id('basemap'),
  };
}

const round = (value: number, digits: number) => String(Number(value.toFixed(digits)));

/** Writes an address: only what differs from the empty view, in a fixed order, readable by eye. */
export function formatView(view: View): string {
  const out: string[] = [];
  const put = (name: string, value: string | null | false, differs = true) => {
    if (value && differs) {
      // Commas and slashes are legal in a query; leaving them keeps shared links readable.
      out.push(`${name}=${encodeURIComponent(value).replaceAll('%2C', ',').replaceAll('%2F', '/')}`);
    }
  };
  const { filters, ask, camera } = view;
  put('lang', view.lang);
  put('tab', view.tab, view.tab !== 'plan');
  for (const key of FILTER_KEYS) put(key, filters[key].join(','));
  put('q', filters.q);
  put('sort', (view.descending ? '-' : '') + view.sort, view.sort !== 'plan');
  put('project', view.project);
  if (ask?.type === 'area') {
    put('area', encodeRing(ask.ring));
    put('relation', ask.relation, ask.relation !== 'intersects');
  } else if (ask) {
    put('near', ask.type === 'feature' ? ask.ref : ask.at.map((c) => round(c, 5)).join(','));
    put('radius', round(view.radius_m, 0));
  }
  put('late', view.lateOnly && '1');
  put('panel', view.panel, view.panel !== (view.project ? 'project' : ask ? 'near' : 'none'));
  put('map', camera && `${round(camera.zoom, 2)}/${round(camera.lat, 5)}/${round(camera.lon, 5)}`);
  put('basemap', view.basemap);
  const path = view.page === 'map' ? '/' : `/${view.page}`;
  return out.length ? `${path}?${out.join('&')}` : path;
}
