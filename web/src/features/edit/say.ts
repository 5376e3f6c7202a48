// Members, values and faults of a record in words, for forms and for the choice between two versions.
import type { Geometry } from 'geojson';
import { tick } from 'svelte';
import { ApiError } from '../../api/client.ts';
import type { Violation } from '../../api/types.ts';
import { FIELDS, optionKey, type Field } from '../../domain/edit/fields.ts';
import type { Fault, FaultSpot } from '../../domain/edit/form.ts';
import { RIGHTS, type RecordType } from '../../domain/edit/vocab.ts';
import { count } from '../../domain/format.ts';
import { piecesOf, pointCount } from '../../domain/geo/pieces.ts';
import type { Text } from '../../domain/vocab.ts';
import { WORD_KEYS, type WordKey } from '../../domain/words.ts';
import '../../domain/words/history.ts';
import type { AppState } from '../../state/app.svelte.ts';

export function fieldText(t: AppState['t'], name: string): string {
  const key = `field.${name}` as WordKey;
  return WORD_KEYS.includes(key) ? t(key) : name;
}

export function optionText(t: AppState['t'], field: Field, option: string): string {
  const key = optionKey(field, option);
  return key === null ? option : t(key as WordKey);
}

/** What is wrong with a field: our own check first, then the server's rules. */
export function faultText(
  t: AppState['t'],
  field: string,
  faults: readonly Fault[],
  violations: readonly Violation[],
): string {
  const fault = faults.find((f) => f.field === field);
  if (fault) {
    const text = t(`fault.${fault.code}`, fault.say);
    return fault.part === undefined ? text : t('fault.line', { n: fault.part + 1, text });
  }
  return violations
    .filter((v) => memberOf(v) === field)
    .map((v) => violationText(t, v))
    .join(' ');
}

/** A rule that is broken, with what would be right when the server says it; the plan's own rules come in both languages. */
export function violationText(t: AppState['t'], violation: Violation): string {
  const isChinese = t('app.lang') === 'zh' && violation.detail_zh;
  const detail = (isChinese && violation.detail_zh) || violation.detail;
  const expected = isChinese ? violation.expected_zh : violation.expected;
  return expected ? t('fault.expected', { detail, expected }) : detail;
}

/** Which parts of a field are wrong, to mark them: lines of a list and the members of these. */
export function faultSpots(field: string, faults: readonly Fault[], violations: readonly Violation[]): FaultSpot[] {
  const ours = faults.filter((f) => f.field === field);
  if (ours.length) return ours;
  return violations
    .filter((v) => memberOf(v) === field)
    .map((v) => {
      const [, part, at] = /^[^./[\]]*(?:[./[\]]+(\d+))?(?:[./[\]]+(\w+))?/.exec(v.field.replace(/^\//, '')) ?? [];
      return { ...(part !== undefined && { part: Number(part) }), ...(at !== undefined && { at }) };
    });
}

/** Whether a part is among those that are wrong; a fault of the whole field marks them all. */
export function isWrong(spots: readonly FaultSpot[], at: string, part?: number): true | undefined {
  const here = (s: FaultSpot) => (s.part ?? part) === part && (s.at ?? at) === at;
  return spots.some(here) || undefined;
}

/** Brings the first field with a fault into sight and puts the cursor there. */
export async function goToFault(form: HTMLElement): Promise<void> {
  await tick();
  const field = form.querySelector<HTMLElement>('.field.fault');
  const control = field?.querySelector<HTMLElement>('[aria-invalid="true"]');
  const first = control ?? field?.querySelector<HTMLElement>('input, select, textarea, button');
  first?.focus({ preventScroll: true });
  field?.scrollIntoView({ block: 'center' });
}

/** A refusal in words: who may not is told what it takes; the rest in the server's own. */
export function refusalText(t: AppState['t'], failure: unknown): string {
  if (!(failure instanceof ApiError) || failure.status !== 403) return '';
  const right = RIGHTS.find((name) => failure.message.includes(name));
  return right
    ? t('edit.takes_right', { right: t(`right.${right}`) })
    : t('edit.forbidden', { detail: failure.message });
}

/** The member that a violation speaks of: `milestones[2].due` and `/milestones/2/due` are about the milestones. */
export function memberOf({ field }: Violation): string {
  return /^\/?([^./[\]]*)/.exec(field)?.[1] ?? field;
}

/** A shape by what it is and how many points it has: "area, 5 vertices". */
export function shapeText(t: AppState['t'], geometry: Geometry): string {
  const pieces = piecesOf(geometry);
  const type = `shape.${pieces[0]?.type ?? 'Point'}` as WordKey;
  return `${t(type)}${t('list.comma')}${t('history.vertices', { n: pointCount(pieces) })}`;
}

export function valueText(app: AppState, type: RecordType, name: string, value: unknown): string {
  const { t } = app;
  const field: Field | undefined = FIELDS[type].find((f) => f.name === name);
  if (value === null || value === undefined || value === '') return t('edit.none');
  const both = (text: Text) => app.name(text) || text.zh;
  switch (field?.kind) {
    case 'words':
    case 'prose':
      return both(value as Text);
    case 'choice':
      return optionText(t, field, String(value));
    case 'section': {
      const section = app.plan.sections.get(String(value));
      return section ? app.name(section.name) : String(value);
    }
    case 'investment': {
      const { planned_cny, paid_cny } = value as { planned_cny: number; paid_cny?: number | null };
      const planned = count(planned_cny, app.view.lang);
      if (paid_cny === null || paid_cny === undefined) return t('money.only', { planned });
      return t('money.both', { planned, paid: count(paid_cny, app.view.lang) });
    }
    case 'switch':
      return t(value === true ? 'switch.on' : 'switch.off');
    case 'shape':
      return shapeText(t, value as Geometry);
    case 'milestones':
      return list((value as { name: Text; due: string; done: string | null }[]).map((m) => line(both(m.name), m)));
    case 'readings':
      return list((value as { date: string; value: number }[]).map((r) => `${r.date}: ${r.value}`));
    case 'members': {
      const named = (id: string) => app.plan.projects.find((p) => p.id === id);
      return list((value as string[]).map((id) => (named(id) ? app.name(named(id)!.name) : id)));
    }
    default:
      return Array.isArray(value) ? value.join(', ') : String(value);
  }

  function list(lines: string[]): string {
    return lines.join('\n') || t('edit.none');
  }
}

const line = (name: string, { due, done }: { due: string; done: string | null }) =>
  `${name} ${due}${done ? ` ✓ ${done}` : ''}`;
