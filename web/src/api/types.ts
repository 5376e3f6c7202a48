// The shapes of the server's answers, by the names the app uses.
import type { Feature, FeatureCollection, Geometry } from 'geojson';
import type { Aim, Kind, Light, Position, Stage, Text } from '../domain/vocab.ts';

export type Box4 = [number, number, number, number];

export interface Basemap {
  id: string; title: Text; type: 'xyz' | 'tilejson'; url: string; attribution: string; tile_size: number; max_zoom: number;
} // prettier-ignore
export interface Settings { plan: string; version: string; today: string; basemaps: Basemap[] } // prettier-ignore

export interface Rollup { total: number; by_stage: Record<Stage, number>; by_light: Record<Light, number> } // prettier-ignore
export interface Reading { date: string; value: number; source: string } // prettier-ignore
export interface Target {
  id: string; section: string; item: number; name: Text; op: string; value: number; unit: Text; stretch: number | null;
  readings: Reading[]; status: 'no_reading' | 'met' | 'not_met';
} // prettier-ignore
export interface Quota {
  id: string; section: string; item: number; name: Text; count: number; aim: Aim; members: string[];
  named: number; unnamed: number; by_stage: Record<Stage, number>; by_light: Record<Light, number>;
} // prettier-ignore
export interface Theme { id: string; section: string; item: number; name: Text; note: Text | null } // prettier-ignore
export interface LightReading { colour: Light; code: string; reason: Text; facts: Record<string, number | string> } // prettier-ignore
export interface ProjectSummary {
  id: string; kind: Kind; section: string; item: number; name: Text; aim: Aim; due: string; stage: Stage;
  progress: number | null; light: LightReading; quota: string | null; position: Position; bbox: Box4 | null; version: number;
} // prettier-ignore
export interface PlanItem { item: number; targets: Target[]; quotas: Quota[]; projects: ProjectSummary[]; themes: Theme[] } // prettier-ignore
export interface Section { id: string; name: Text; items: PlanItem[] } // prettier-ignore
export interface PlanTree {
  id: string; district: Text; city: Text; year: number; start: string; due: string; extent: Box4;
  counts: { sections: number; targets: number; quotas: number; projects: number; themes: number };
  as_of: string; sections: Section[]; rollup: Rollup;
} // prettier-ignore
export interface Facets {
  kind: Record<Kind, number>; stage: Record<Stage, number>; light: Record<Light, number>;
  position: Record<Position, number>; section: Record<string, number>; quota: Record<string, number>;
} // prettier-ignore
export interface ProjectPage {
  projects: ProjectSummary[]; number_matched: number; number_returned: number; facets: Facets; next: string | null;
} // prettier-ignore
export interface FeatureProperties {
  collection: string; project: string | null; kind: Kind; name_zh: string; name_en: string; stage: Stage; light: Light;
  aim: Aim; due: string; progress: number | null; accuracy_m: number; position: Position; basis_zh: string; basis_en: string;
} // prettier-ignore
export interface Neighbour {
  id: string; name: Text; kind: Kind; stage: Stage; light: Light; distance_m: number; bearing_deg: number | null;
} // prettier-ignore
export interface Project extends ProjectSummary {
  plan: string; section_name: Text; quota_name: Text | null; note: Text | null; from: Text | null; to: Text | null;
  carries: Text | null; crosses: Text | null; stage_basis: 'plan' | 'report' | 'none';
  features: FeatureCollection<Geometry, FeatureProperties>; neighbours: Neighbour[];
  links: { rel: string; href: string; type: string }[];
} // prettier-ignore
export type FoundProperties = FeatureProperties & { distance_m: number; bearing_deg: number | null };
export type FoundFeature = Feature<Geometry, FoundProperties>;
export interface Found extends FeatureCollection<Geometry, FoundProperties> {
  number_matched: number; number_returned: number; truncated: boolean;
} // prettier-ignore
export interface Hit {
  type: 'project' | 'target' | 'quota' | 'theme' | 'place'; id: string; name: Text; kind: Kind | null;
  section: string | null; bbox: Box4 | null; match: { lang: 'zh' | 'en'; start: number; length: number };
} // prettier-ignore
/** A feature as the OGC interface gives it: enough to name and draw it. */
export type PlaceFeature = Feature<Geometry, { name_zh: string; name_en: string; [key: string]: unknown }>;
export interface Problem { type?: string; title: string; status: number; detail?: string; parameter?: string; expected?: string } // prettier-ignore
