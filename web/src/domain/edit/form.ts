// A record as text fields and back. The form holds what was typed; only a form without faults becomes a body.
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
  'needed' | 'number' | 'whole' | 'range' | 'date' | 'both' | 'planned' | 'twice' | 'extent' | 'slug' | 'taken';
/** What is wrong with a field; `part` names the line of a list. */
export interface Fault {
  field: string;
  code: FaultCode;
  part?: number;
}

const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value));

function valueOf({ kind }: Field, value: unknown): FormValue {
  switch (kind) {
    case 'words':
    case 'prose': {
      const both = (value ?? {}) as Partial<Text>;
      return { zh: text(both.zh), en: text(both.en) };
    }
    case 'investment': {
      const money = (value ?? {}) as { planned_cny?: number; paid_cny?: number | null };
      return { planned: text(money.planned_cny), paid: text(money.paid_cny) };
    }
    case 'milestones':
      return ((value ?? []) as { name: Text; due: string; done: string | null }[]).map((m) => ({
        zh: m.name.zh,
        en: m.name.en,
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
      return [...((value ?? []) as string[])];
    case 'extent':
      return ((value ?? ['', '', '', '']) as (number | string)[]).map(String);
    default:
      return text(value);
  }
}

export function formOf(fields: readonly Field[], body: Body): Form {
  return Object.fromEntries(fields.map((field) => [field.name, valueOf(field, body[field.name])]));
}

/** A date that the calendar knows. */
export function isDate(value: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(value) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === value;
}

class Reader {
  readonly faults: Fault[] = [];
  readonly #field: Field;

  constructor(field: Field) {
    this.#field = field;
  }

  fault(code: FaultCode, part?: number): null {
    this.faults.push({ field: this.#field.name, code, ...(part === undefined ? {} : { part }) });
    return null;
  }

  number(typed: string, part?: number): number | null {
    const { min = -Infinity, max = Infinity, whole } = this.#field;
    const clean = typed.replaceAll(/[,，\s]/g, '');
    const n = Number(clean);
    if (clean === '' || !Number.isFinite(n)) return this.fault('number', part);
    if (whole && !Number.isInteger(n)) return this.fault('whole', part);
    return n < min || n > max ? this.fault('range', part) : n;
  }

  date(typed: string, part?: number): string | null {
    return isDate(typed) ? typed : this.fault('date', part);
  }

  both({ zh, en }: Text, part?: number): Text | null {
    const clean = { zh: zh.trim(), en: en.trim() };
    return clean.zh && clean.en ? clean : this.fault('both', part);
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
        const both = value as Text;
        if (!both.zh.trim() && !both.en.trim()) return required ? this.fault('needed') : null;
        return this.both(both);
      }
      case 'investment': {
        const { planned, paid } = value as { planned: string; paid: string };
        if (!planned.trim()) return paid.trim() ? this.fault('planned') : null;
        return { planned_cny: this.number(planned), paid_cny: paid.trim() ? this.number(paid) : null };
      }
      case 'milestones':
        return (value as MilestoneForm[]).map((m, i) => ({
          name: this.both(m, i),
          due: this.date(m.due, i),
          done: m.done ? this.date(m.done, i) : null,
        }));
      case 'readings': {
        const readings = (value as ReadingForm[]).map((r, i) => ({
          date: this.date(r.date, i),
          value: this.number(r.value, i),
          source: r.source.trim() || this.fault('needed', i),
        }));
        readings.forEach(({ date }, i) => {
          if (readings.findIndex((r) => r.date === date) < i) this.fault('twice', i);
        });
        return readings.sort((a, b) => String(a.date).localeCompare(String(b.date)));
      }
      case 'curve': {
        const parts = (value as string).split(/[,，、;；\s]+/).filter(Boolean);
        return parts.length ? parts.map((part, i) => this.number(part.replace(/%$/, ''), i)) : null;
      }
      case 'members':
        return [...(value as string[])];
      case 'extent':
        return this.extent((value as string[]).map((typed) => (typed.trim() === '' ? NaN : Number(typed))));
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
