// A record as text fields and back. The form holds what was typed; only a form without faults becomes a body.
import { readDay } from '../date-text.ts';
import { readNumber } from '../number-text.ts';
import type { Text } from '../vocab.ts';
import type { Body } from './compare.ts';
import type { Field } from './fields.ts';

export interface MilestoneForm {
  zh: string;
  en: string;
  due: string;
  done: string;
}
export interface ReadingForm {
  date: string;
  value: string;
  source: string;
}
export type FormValue = string | Text | { planned: string; paid: string } | MilestoneForm[] | ReadingForm[] | string[];
export type Form = Record<string, FormValue>;

export type FaultCode =
  | 'needed'
  | 'number'
  | 'whole'
  | 'range'
  | 'least'
  | 'date'
  | 'planned'
  | 'twice'
  | 'extent'
  | 'slug'
  | 'taken'
  | 'drawn';
/** Where in a field a fault is: the line of a list, and the member of that line. */
export interface FaultSpot {
  part?: number;
  at?: string;
}
/** What is wrong with a field, where in it, and what would be right. */
export interface Fault extends FaultSpot {
  field: string;
  code: FaultCode;
  say?: Record<string, string | number>;
}

const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value));

/** One language stands for both where they are alike: the English is left empty, as it may be typed. */
export function bothOf({ zh, en }: Partial<Text>): Text {
  return { zh: text(zh), en: en === zh ? '' : text(en) };
}

/** What is typed in one language alone holds for both. Nothing when it is typed in neither. */
export function filled({ zh, en }: Text): Text | null {
  const clean = { zh: zh.trim(), en: en.trim() };
  return clean.zh || clean.en ? { zh: clean.zh || clean.en, en: clean.en || clean.zh } : null;
}

function valueOf({ kind }: Field, value: unknown): FormValue {
  switch (kind) {
    case 'words':
    case 'prose': {
      return bothOf((value ?? {}) as Partial<Text>);
    }
    case 'investment': {
      const money = (value ?? {}) as { planned_cny?: number; paid_cny?: number | null };
      return { planned: text(money.planned_cny), paid: text(money.paid_cny) };
    }
    case 'milestones':
      return ((value ?? []) as { name: Text; due: string; done: string | null }[]).map((m) => ({
        ...bothOf(m.name),
        due: m.due,
        done: text(m.done),
      }));
    case 'readings':
      return ((value ?? []) as { date: string; value: number; source: string }[]).map((r) => ({
        date: r.date,
        value: text(r.value),
        source: r.source,
      }));
    case 'curve':
      return ((value ?? []) as number[]).join(', ');
    case 'members':
    case 'people':
      return [...((value ?? []) as string[])];
    case 'switch':
      return String(value === true);
    case 'shape':
      return value ? JSON.stringify(value) : '';
    case 'extent':
      return ((value ?? ['', '', '', '']) as (number | string)[]).map(String);
    default:
      return text(value);
  }
}

export function formOf(fields: readonly Field[], body: Body): Form {
  return Object.fromEntries(fields.map((field) => [field.name, valueOf(field, body[field.name])]));
}

class Reader {
  readonly faults: Fault[] = [];
  readonly #field: Field;

  constructor(field: Field) {
    this.#field = field;
  }

  fault(code: FaultCode, spot: FaultSpot = {}, say?: Fault['say']): null {
    this.faults.push({ field: this.#field.name, code, ...spot, ...(say && { say }) });
    return null;
  }

  number(typed: string, spot?: FaultSpot): number | null {
    const { min = -Infinity, max = Infinity, whole, example = whole ? '2' : '12.5' } = this.#field;
    const n = readNumber(typed);
    if (!Number.isFinite(n)) return this.fault('number', spot, { example });
    if (whole && !Number.isInteger(n)) return this.fault('whole', spot, { example });
    if (n >= min && n <= max) return n;
    return max === Infinity ? this.fault('least', spot, { min }) : this.fault('range', spot, { min, max });
  }

  date(typed: string, spot?: FaultSpot): string | null {
    return readDay(typed) ?? this.fault('date', spot);
  }

  both(text: Text, spot?: FaultSpot): Text | null {
    return filled(text) ?? this.fault('needed', spot);
  }

  /** West, south, east, north in degrees. */
  extent(bounds: number[]): number[] | null {
    const [west, south, east, north] = bounds as [number, number, number, number];
    const sound = -180 <= west && west < east && east <= 180 && -90 <= south && south < north && north <= 90;
    return sound ? bounds : this.fault('extent');
  }

  read(value: FormValue): unknown {
    const { kind, required } = this.#field;
    switch (kind) {
      case 'words':
      case 'prose': {
        const both = filled(value as Text);
        return both ?? (required ? this.fault('needed') : null);
      }
      case 'investment': {
        const { planned, paid } = value as { planned: string; paid: string };
        if (!planned.trim()) return paid.trim() ? this.fault('planned', { at: 'planned' }) : null;
        return {
          planned_cny: this.number(planned, { at: 'planned' }),
          paid_cny: paid.trim() ? this.number(paid, { at: 'paid' }) : null,
        };
      }
      case 'milestones':
        return (value as MilestoneForm[]).map((m, part) => ({
          name: this.both(m, { part, at: 'name' }),
          due: this.date(m.due, { part, at: 'due' }),
          done: m.done ? this.date(m.done, { part, at: 'done' }) : null,
        }));
      case 'readings': {
        const readings = (value as ReadingForm[]).map((r, part) => ({
          date: this.date(r.date, { part, at: 'date' }),
          value: this.number(r.value, { part, at: 'value' }),
          source: r.source.trim() || this.fault('needed', { part, at: 'source' }),
        }));
        readings.forEach(({ date }, part) => {
          if (readings.findIndex((r) => r.date === date) < part) this.fault('twice', { part, at: 'date' });
        });
        return readings.sort((a, b) => String(a.date).localeCompare(String(b.date)));
      }
      case 'curve': {
        const parts = (value as string).split(/[,，、;；\s]+/).filter(Boolean);
        return parts.length ? parts.map((typed, part) => this.number(typed, { part })) : null;
      }
      case 'members':
      case 'people':
        return [...(value as string[])];
      case 'switch':
        return value === 'true';
      case 'shape':
        return value === '' ? this.fault('drawn') : JSON.parse(value as string);
      case 'extent':
        return this.extent((value as string[]).map(readNumber));
      default: {
        const typed = (value as string).trim();
        if (!typed) return required ? this.fault('needed') : null;
        if (kind === 'number') return this.number(typed);
        return kind === 'date' ? this.date(typed) : typed;
      }
    }
  }
}

/** The body that a form says, over the record it began with: members that the form does not ask stay as they were. */
export function bodyOf(fields: readonly Field[], form: Form, base: Body): { body: Body; faults: Fault[] } {
  const faults: Fault[] = [];
  const read = fields.map((field) => {
    const reader = new Reader(field);
    const value = reader.read(form[field.name]!);
    faults.push(...reader.faults);
    return [field.name, value];
  });
  return { body: { ...base, ...Object.fromEntries(read) }, faults };
}
