// A report from the field as the device keeps it until it is sent, and a while after.
import type { Position2 } from '../ring.ts';
import type { Stage, Text } from '../vocab.ts';
import type { Fix } from './fix.ts';

export const MAX_PHOTOS = 10;
export const MAX_PHOTO_BYTES = 25 * 1024 * 1024;
export const MAX_NOTE = 1000;
/** What was sent stays in the list for so long, without its photos. */
const SENT_KEPT_MS = 7 * 86_400_000;

export interface ReportFix {
  lon: number;
  lat: number;
  accuracy_m: number | null;
  source: 'device' | 'chosen';
}

/** What the inspector says. */
export interface Said {
  project: string;
  stage: Stage;
  progress: number | null;
  note: string | null;
  confirmed: boolean;
}

/** What a photo says of itself. */
export interface Taken {
  taken_at: number | null;
  position: Position2 | null;
}

export interface KeptPhoto extends Partial<Taken> {
  id: string;
  name: string;
  type: string;
  bytes: number;
}

export const REPORT_STATES = ['waiting', 'refused', 'sent'] as const;
export type ReportState = (typeof REPORT_STATES)[number];

export interface Fault {
  field: string;
  zh: string;
  en: string;
}

export interface Refusal {
  status: number;
  faults: Fault[];
  /** The photo that was not taken. */
  photo: string | null;
}

export interface KeptReport extends Said {
  /** The place in the queue; the store gives it, and never twice. */
  n?: number;
  /** Also the key under which the server takes it once. */
  id: string;
  user: string;
  user_name: string;
  project_name: Text;
  observed_at: string;
  fix: ReportFix | null;
  photos: KeptPhoto[];
  state: ReportState;
  /** As it is sent, byte for byte the same each time; null until all photos are there. */
  body: string | null;
  refusal: Refusal | null;
  /** Whether its photos were sent anew already because the server had them no more. */
  healed: boolean;
  sent_at: number | null;
}

export function fixOf(fix: Fix | null): ReportFix | null {
  if (!fix) return null;
  const { lon, lat, accuracy_m, source } = fix;
  return { lon, lat, accuracy_m, source };
}

/** The report as the server takes it; `uploads` are the photos' ids there, in order. */
export function bodyOf(report: KeptReport, uploads: readonly string[]): string {
  const { id, project, observed_at, stage, progress, note, fix, confirmed } = report;
  return JSON.stringify({ id, project, observed_at, stage, progress, note, fix, confirmed, photos: uploads });
}

/** A refused report said anew: another id, for it is another report to the server; when and where stay. */
export function saidAnew(report: KeptReport, id: string, said: Said, name: Text, photos: KeptPhoto[]): KeptReport {
  const { n: _, ...rest } = report;
  return {
    ...rest,
    ...said,
    id,
    project_name: name,
    photos,
    state: 'waiting',
    body: null,
    refusal: null,
    healed: false,
    sent_at: null,
  };
}

/** Whether a sent report has been shown long enough. */
export function isOver(report: KeptReport, now: number): boolean {
  return report.state === 'sent' && now - (report.sent_at ?? 0) > SENT_KEPT_MS;
}
