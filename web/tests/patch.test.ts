// Patches and the rules of the field as forms: names as chips, switches, and shapes that come back as they were.
import { expect, test } from 'vitest';
import { blankRecord } from '../src/domain/edit/blank.ts';
import { FIELDS, labelOf } from '../src/domain/edit/fields.ts';
import { bodyOf, formOf } from '../src/domain/edit/form.ts';
import { ruleLines } from '../src/domain/lights.ts';
import { namesIn, pieceTypeFor, withNames } from '../src/domain/patch.ts';

const geometry = { type: 'Polygon', coordinates: [[[120.7, 30.7], [120.8, 30.7], [120.8, 30.8], [120.7, 30.7]]] }; // prettier-ignore
const patch = { name: { zh: '北片', en: 'North' }, role: 'grid', inspectors: ['wang'], reach_m: 0, geometry };

test.each([
  ['wang', ['wang']],
  [' wang, li；zhao\nqian ', ['wang', 'li', 'zhao', 'qian']],
  ['王，', ['王']],
  [' , ', []],
])('%j names %j', (typed, names) => expect(namesIn(typed)).toEqual(names));

test('nobody is named twice', () => {
  expect(withNames(['wang', 'li'], ['li', 'zhao'])).toEqual(['wang', 'li', 'zhao']);
});

test('a patch goes into its form and back unchanged', () => {
  const form = formOf(FIELDS.patch, patch);
  expect(bodyOf(FIELDS.patch, form, patch)).toEqual({ body: patch, faults: [] });
});

test('a new patch lacks a name and a shape, and says so', () => {
  const blank = blankRecord('patch', {}, { due: '', sections: 0 });
  const { faults } = bodyOf(FIELDS.patch, formOf(FIELDS.patch, blank), blank);
  expect(faults).toEqual([
    { field: 'name', code: 'needed' },
    { field: 'geometry', code: 'drawn' },
  ]);
});

test('what is looked after by lines is drawn as lines', () => {
  expect(['grid', 'road', 'river', 'building'].map((role) => pieceTypeFor(role as 'grid'))).toEqual([
    'Polygon',
    'LineString',
    'LineString',
    'Polygon',
  ]);
});

test('the same member is named by what it is in each record', () => {
  expect(labelOf('patch', 'reach_m')).not.toBe(labelOf('inspection_rule', 'reach_m'));
  expect(labelOf('project', 'stage')).toBe('stage');
});

test('switches go into their form and back, and an older rule has them off', () => {
  const rule = { fix_limit_m: 50, reach_m: 50, visit_days: 30, accept_at_once: true };
  const form = formOf(FIELDS.inspection_rule, rule);
  expect(form['accept_at_once']).toBe('true');
  expect(bodyOf(FIELDS.inspection_rule, form, rule).body).toEqual(rule);
  const light = { behind_yellow_points: 10, behind_red_points: 30, unstarted_yellow_months: 1, unstarted_red_months: 3, evidence_days: null }; // prettier-ignore
  const { body } = bodyOf(FIELDS.light_rule, formOf(FIELDS.light_rule, light), light);
  expect(body['needs_inspection']).toBe(false);
});

test('the rule of the lights says what a green needs of the field', () => {
  const rule = { behind_yellow_points: 10, behind_red_points: 30, unstarted_yellow_months: 1, unstarted_red_months: 3, evidence_days: 60 }; // prettier-ignore
  const keys = (needs_inspection: boolean) => ruleLines({ ...rule, needs_inspection }).map(({ key }) => key);
  expect([keys(false)[2], keys(true)[2]]).toEqual(['rule.doubted', 'rule.unproven']);
});
