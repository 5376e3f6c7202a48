// Where a report is on its way, and why it was refused, in words.
import type { KeptReport } from '../../domain/field/report.ts';
import type { Lang } from '../../domain/vocab.ts';
import { fieldWord, type SiteKey } from '../../domain/field/words.ts';
import type { Outcome, Progress } from '../../state/field/sender.ts';

const PHOTO_WORDS: Record<number, SiteKey> = {
  413: 'site.photo_large',
  415: 'site.fault.type',
  422: 'site.photo_damaged',
};

export interface Standing {
  is: 'waiting' | 'sending' | 'sent' | 'refused';
  key: SiteKey;
}

export function standing(
  report: KeptReport,
  now: { progress: Progress | null; rest: Outcome | null; user: string },
): Standing {
  if (report.state !== 'waiting') return { is: report.state, key: `site.state.${report.state}` };
  if (now.progress) return { is: 'sending', key: 'site.state.sending' };
  if (report.user !== now.user) return { is: 'waiting', key: 'site.state.other' };
  const rest = now.rest?.is;
  if (rest === 'sign_in' || rest === 'no_right' || rest === 'later')
    return { is: 'waiting', key: `site.state.${rest}` };
  return { is: 'waiting', key: 'site.state.waiting' };
}

export function refusalText({ refusal, photos, project_name }: KeptReport, lang: Lang): string {
  if (!refusal) return '';
  const parts: string[] = [];
  const photo = photos.find(({ id }) => id === refusal.photo);
  if (photo) {
    // The server's own words on a photo are for whoever looks after it.
    const why = PHOTO_WORDS[refusal.status];
    if (refusal.status === 0) return fieldWord('site.refused_photo_lost', lang);
    parts.push(fieldWord('site.refused_photo', lang, { name: photo.name }));
    return [...parts, ...(why ? [fieldWord(why, lang)] : refusal.faults.map((fault) => fault[lang]))].join(' ');
  }
  if (refusal.faults.some(({ field }) => field === 'project'))
    parts.push(fieldWord('site.refused_project', lang, { name: project_name[lang] }));
  parts.push(...refusal.faults.filter(({ field }) => field !== 'project').map((fault) => fault[lang]));
  return parts.join(' ');
}
