// The view: everything that a link must reopen, and its two-way translation to an address. Input is untrusted.
import { CHANGES, type Change, type Range } from './compare.ts';
import { emptyData, parseData, putData, type DataView } from './data/view.ts';
import { isDay } from './day.ts';
import { INSPECTION_STATES, type InspectionState } from './inspection.ts';
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

const PAGES = ['dashboard', 'accounts', 'tokens', 'audit', 'lights', 'collections', 'reports', 'data'] as const;
export type Page = 'map' | (typeof PAGES)[number];
export type Tab = 'plan' | 'results';
/** Two days to compare, and the kinds of change to show; none: all. */
export interface Compare extends Range {
  what: Change[];
}

/** What the page of all changes shows. */
export interface AuditFilters {
  type: RecordType | null;
  actor: string;
  kind: ChangeKind | null;
  from: string | null;
  to: string | null;
}

/** What the page of reports from the field shows; those that wait come first. */
export interface ReportFilters {
  state: InspectionState | 'all';
  project: string | null;
  inspector: string;
}

export const RECORD_TYPES = [
  'project',
  'feature',
  'target',
  'quota',
  'section',
  'theme',
  'plan',
  'collection',
  'light_rule',
  'inspection',
  'inspection_rule',
  'patch',
] as const;
export type RecordType = (typeof RECORD_TYPES)[number];
export const CHANGE_KINDS = ['created', 'updated', 'deleted'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** The right-hand card. `pick` and `draw` are the two beginnings of an analysis. */
export const PANELS = [
  'none',
  'project',
  'near',
  'pick',
  'draw',
  'edit',
  'new',
  'place',
  'worklist',
  'compare',
  'patches',
  'patch',
] as const;
export type Panel = (typeof PANELS)[number];
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
  /** The day that is looked at; null: now. */
  as_of: string | null;
  compare: Compare | null;
  audit: AuditFilters;
  reports: ReportFilters;
  data: DataView;
  /** The patch that is being changed; null in its card: a new one. */
  patch: string | null;
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

export function emptyAudit(): AuditFilters {
  return { type: null, actor: '', kind: null, from: null, to: null };
}

export function emptyReports(): ReportFilters {
  return { state: 'pending', project: null, inspector: '' };
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
    as_of: null,
    compare: null,
    audit: emptyAudit(),
    reports: emptyReports(),
    data: emptyData(),
    patch: null,
  };
}

/** The day that a view shows: comparing shows the second of its two days. */
export function dayOf(view: View): string | null {
  return view.compare?.to ?? view.as_of;
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

/** `2019-01-01..2019-06-30`, in either order. */
function parseRange(value: string | null): Range | null {
  const [a, b, rest] = (value ?? '').split('..');
  if (rest !== undefined || !isDay(a ?? null) || !isDay(b ?? null)) return null;
  return a! <= b! ? { from: a!, to: b! } : { from: b!, to: a! };
}

function parseAudit(get: (name: string) => string | null): AuditFilters {
  const day = (name: string) => (isDay(get(name)) ? get(name) : null);
  return {
    type: oneOf(RECORD_TYPES, get('type')),
    actor: (get('actor') ?? '').slice(0, 100),
    kind: oneOf(CHANGE_KINDS, get('change')),
    from: day('from'),
    to: day('to'),
  };
}

function parseReports(get: (name: string) => string | null, id: (name: string) => string | null): ReportFilters {
  return {
    state: oneOf([...INSPECTION_STATES, 'all'] as const, get('state')) ?? 'pending',
    project: id('of'),
    inspector: (get('by') ?? '').slice(0, 100),
  };
}

type Subjects = Pick<View, 'project' | 'ask' | 'compare'>;

/** The card that an address without a panel opens. */
function impliedPanel({ project, ask, compare }: Subjects): Panel {
  return project ? 'project' : compare ? 'compare' : ask ? 'near' : 'none';
}

/** Whether a card has what it is about. */
function fits(panel: Panel, subjects: Subjects): boolean {
  if (OF_PROJECT.includes(panel)) return subjects.project !== null;
  if (panel === 'near') return subjects.ask !== null;
  return panel !== 'compare' || subjects.compare !== null;
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
  const range = parseRange(get('compare'));
  const compare = range && { ...range, what: known('what', CHANGES) };
  const as_of = get('as_of');
  const page = oneOf(PAGES, pathname.replace(/^\/|\/+$/g, '')) ?? 'map';
  const implied = impliedPanel({ project, ask, compare });
  const asked = oneOf(PANELS, get('panel')) ?? implied;
  const panel = fits(asked, { project, ask, compare }) ? asked : implied;
  return {
    page,
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
    panel,
    ask,
    radius_m: number(get('radius'), 1, MAX_RADIUS_M) ?? DEFAULT_RADIUS_M,
    lateOnly: get('late') === '1',
    camera: parseCamera(get('map')),
    basemap: id('basemap'),
    as_of: isDay(as_of) ? as_of : null,
    compare,
    audit: page === 'audit' ? parseAudit(get) : emptyAudit(),
    reports: page === 'reports' ? parseReports(get, id) : emptyReports(),
    data: page === 'data' ? parseData(get, id) : emptyData(),
    patch: panel === 'patch' ? id('patch') : null,
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
  if (view.page === 'data') putData(put, view.data);
  else put('tab', view.tab, view.tab !== 'plan');
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
  put('as_of', view.as_of);
  if (view.compare) {
    put('compare', `${view.compare.from}..${view.compare.to}`);
    put('what', view.compare.what.join(','));
  }
  put('panel', view.panel, view.panel !== impliedPanel(view));
  put('patch', view.patch, view.panel === 'patch');
  put('map', camera && `${round(camera.zoom, 2)}/${round(camera.lat, 5)}/${round(camera.lon, 5)}`);
  put('basemap', view.basemap);
  if (view.page === 'audit') {
    const { type, actor, kind, from, to } = view.audit;
    put('type', type);
    put('actor', actor);
    put('change', kind);
    put('from', from);
    put('to', to);
  }
  if (view.page === 'reports') {
    const { state, project, inspector } = view.reports;
    put('state', state, state !== 'pending');
    put('of', project);
    put('by', inspector);
  }
  const path = view.page === 'map' ? '/' : `/${view.page}`;
  return out.length ? `${path}?${out.join('&')}` : path;
}
