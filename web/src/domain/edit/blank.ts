// What a new record begins with: nothing that anybody would have to take back, and what is known already.
import { REACH_M } from '../patch.ts';
import type { Body } from './compare.ts';
import type { RecordType } from './vocab.ts';

/** The records that are made in the app; a plan is there, and its rules too. */
export type NewType = Exclude<RecordType, 'plan' | 'light_rule' | 'inspection_rule'>;

/** Where in the plan a new record belongs, as far as it was said. */
export interface Spot {
  section?: string;
  item?: number;
}

const NAME = { zh: '', en: '' };

export function blankRecord(type: NewType, spot: Spot, plan: { due: string; sections: number }): Body {
  const at = { section: spot.section ?? '', item: spot.item ?? null };
  switch (type) {
    case 'project':
      return {
        name: NAME,
        kind: '',
        ...at,
        aim: '',
        start: null,
        due: plan.due,
        stage: 'planned',
        progress: null,
        reported: null,
        owner: null,
        warden: null,
        investment: null,
        milestones: [],
        curve: null,
        from: null,
        to: null,
        carries: null,
        crosses: null,
        note: null,
        visibility: 'public',
      };
    case 'target':
      return { name: NAME, ...at, op: '>=', value: null, unit: NAME, stretch: null, readings: [] };
    case 'quota':
      return { name: NAME, ...at, count: null, aim: '', members: [] };
    case 'theme':
      return { name: NAME, ...at, note: null };
    case 'section':
      return { name: NAME, order: plan.sections + 1 };
    case 'collection':
      // Nobody but those who are signed in sees it before somebody says so.
      return { title: NAME, kind: '', geometry_type: '', visibility: 'internal' };
    case 'patch':
      return { name: NAME, role: 'grid', inspectors: [], reach_m: REACH_M.grid, geometry: null };
  }
}
