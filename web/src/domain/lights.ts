// The rule of the lights as sentences, in the order in which it is applied, with its numbers in their places.
import { word, type WordKey } from './words.ts';
import type { Lang, Light } from './vocab.ts';

export interface Rule {
  behind_yellow_points: number;
  behind_red_points: number;
  unstarted_yellow_months: number;
  unstarted_red_months: number;
  evidence_days: number | null;
  /** Green only by a report from the field. */
  needs_inspection: boolean;
}

export interface RuleLine {
  key: WordKey;
  values: Record<string, number>;
  /** The lights that the sentence may give. */
  lights: Light[];
}

export function ruleLines(rule: Rule): RuleLine[] {
  const behind = { yellow: rule.behind_yellow_points, red: rule.behind_red_points };
  const unstarted = { yellow: rule.unstarted_yellow_months, red: rule.unstarted_red_months };
  const days = rule.evidence_days;
  const line = (key: WordKey, lights: Light[], values: Record<string, number> = {}) => ({ key, lights, values });
  return [
    line('rule.none', ['grey']),
    line('rule.suspended', ['yellow']),
    line(rule.needs_inspection ? 'rule.unproven' : 'rule.doubted', ['yellow']),
    line('rule.reached', ['green']),
    line('rule.overdue', ['red']),
    line('rule.unstarted', ['yellow', 'red'], unstarted),
    line('rule.behind', ['yellow', 'red'], behind),
    days === null ? line('rule.ageless', ['green']) : line('rule.stale', ['green', 'yellow'], { days }),
  ];
}

/** A sentence of the rule in pieces, its numbers apart from its words. */
export function ruleParts({ key, values }: RuleLine, lang: Lang): { text: string; number: boolean }[] {
  return word(key, lang)
    .split(/(\{\w+\})/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      const name = /^\{(\w+)\}$/.exec(piece)?.[1];
      return name === undefined ? { text: piece, number: false } : { text: String(values[name]), number: true };
    });
}
