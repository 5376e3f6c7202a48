// What the reader asks an export for, and the request that this makes. What a format cannot take is not asked of it.
import { readNumber } from '../number-text.ts';
import type { Kind } from '../vocab.ts';
import type { Encoding, FormatId, Offset, Option } from './vocab.ts';

export interface Draft {
  /** null: all of the plan's. */
  collections: readonly string[] | null;
  /** None: any. */
  kinds: readonly Kind[];
  /** West, south, east and north as they were typed. */
  box: readonly [string, string, string, string];
  /** CQL2 text. */
  filter: string;
  format: FormatId;
  crs: string;
  offset: Offset | null;
  encoding: Encoding | null;
  bom: boolean;
  /** Whether texts that spreadsheets take for formulas get an apostrophe. */
  escape: boolean;
  geometry: 'wkt' | 'lonlat';
  tables: boolean;
  min_zoom: number;
  max_zoom: number;
}

/** The coordinates that every format can hold. */
export const WGS84 = 'OGC:CRS84';
/** The levels that tiles can have. */
export const ZOOMS = { min: 0, max: 16 } as const;

export function emptyDraft(): Draft {
  return {
    collections: null,
    kinds: [],
    box: ['', '', '', ''],
    filter: '',
    format: 'shp',
    crs: WGS84,
    offset: null,
    encoding: null,
    bom: false,
    escape: false,
    geometry: 'wkt',
    tables: true,
    min_zoom: ZOOMS.min,
    max_zoom: 14,
  };
}

export type BoxFault = 'number' | 'incomplete' | 'order' | 'range';
export type ReadBox = { box: [number, number, number, number] | null; fault: null } | { box: null; fault: BoxFault };

/** The box that was typed in degrees; none when nothing was. */
export function readBox(texts: Draft['box']): ReadBox {
  const typed = texts.map((text) => text.trim());
  if (typed.every((text) => text === '')) return { box: null, fault: null };
  const [w, s, e, n] = typed.map(readNumber) as [number, number, number, number];
  const fault: BoxFault | null = typed.includes('')
    ? 'incomplete'
    : [w, s, e, n].some((c) => !Number.isFinite(c))
      ? 'number'
      : Math.max(Math.abs(w), Math.abs(e)) > 180 || Math.max(Math.abs(s), Math.abs(n)) > 90
        ? 'range'
        : w >= e || s >= n
          ? 'order'
          : null;
  return fault ? { box: null, fault } : { box: [w, s, e, n], fault: null };
}

/** What of a format the request depends on. */
export interface FormatTraits {
  id: FormatId;
  crs: 'any' | 'wgs84' | 'web_mercator';
  encodings: readonly Encoding[];
  options: readonly Option[];
}

export interface Body {
  format: FormatId;
  collections?: string[];
  projects?: string[];
  kinds?: Kind[];
  bbox?: number[];
  filter?: string;
  as_of?: string;
  crs?: string;
  offset?: Offset;
  encoding?: Encoding;
  bom?: boolean;
  formulas?: 'escape';
  geometry?: 'wkt' | 'lonlat';
  tables?: boolean;
  min_zoom?: number;
  max_zoom?: number;
}

/** The request: only what was asked and what the format can take. `projects`: the map's answer; null: all. */
export function exportBody(
  draft: Draft,
  format: FormatTraits,
  projects: readonly string[] | null,
  as_of: string | null,
): Body {
  const { box } = readBox(draft.box);
  const takes = (option: Option) => format.options.includes(option);
  return {
    format: format.id,
    ...(draft.collections && { collections: [...draft.collections] }),
    ...(projects && { projects: [...projects] }),
    ...(draft.kinds.length > 0 && { kinds: [...draft.kinds] }),
    ...(box && { bbox: box }),
    ...(draft.filter.trim() && { filter: draft.filter.trim() }),
    ...(as_of && { as_of }),
    ...(format.crs === 'any' && draft.crs !== WGS84 && !draft.offset && { crs: draft.crs }),
    ...(format.crs === 'any' && draft.offset && { offset: draft.offset }),
    ...(format.encodings.length > 1 && { encoding: encodingOf(draft, format) }),
    ...(takes('bom') && { bom: draft.bom }),
    ...(takes('formulas') && draft.escape && { formulas: 'escape' as const }),
    ...(takes('geometry') && { geometry: draft.geometry }),
    ...(takes('tables') && { tables: draft.tables }),
    ...(takes('zoom') && { min_zoom: draft.min_zoom, max_zoom: draft.max_zoom }),
  };
}

/** The encoding that is chosen, or the first that the format offers. */
export function encodingOf(draft: Draft, format: FormatTraits): Encoding {
  const chosen = draft.encoding;
  return chosen && format.encodings.includes(chosen) ? chosen : (format.encodings[0] ?? 'utf-8');
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** All conditions on a feature's members as one CQL2 text; empty: none. */
export function conditionText({ filter, kinds }: Draft, projects: readonly string[] | null): string {
  const among = (name: string, values: readonly string[]) => `${name} IN (${values.map(quoted).join(', ')})`;
  const typed = filter.trim();
  const all = [
    ...(projects?.length ? [among('project', projects)] : []),
    ...(kinds.length ? [among('kind', kinds)] : []),
  ];
  if (!typed) return all.join(' AND ');
  return all.length ? `(${typed}) AND ${all.join(' AND ')}` : typed;
}

/** A word as a shell takes it literally. */
function shell(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** One line that makes the same export and fetches its file; `key`: what may be read without an account does not do. */
export function curlLine(server: string, body: Body, { key }: { key: boolean }): string {
  const who = key ? ' -H "authorization: Bearer $GUATU_TOKEN"' : '';
  const asked = `-H 'content-type: application/json' -H 'prefer: wait=60' -d ${shell(JSON.stringify(body))}`;
  const file = String.raw`sed -n 's/.*"file" *: *"\(\/api[^"]*\)".*/\1/p'`;
  return `curl -fOJ${who} ${server}$(curl -fsS${who} ${server}/api/v1/exports ${asked} | ${file})`;
}
