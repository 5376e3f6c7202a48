// The pure parts of editing: what may follow which stage, a record as a form and back, and two people's changes together.
import { describe, expect, test } from 'vitest';
import { changedFields, differences, merged, patchOf } from '../src/domain/edit/compare.ts';
import { blankRecord } from '../src/domain/edit/blank.ts';
import { FIELDS, RARE, asked } from '../src/domain/edit/fields.ts';
import { bodyOf, formOf, type Form } from '../src/domain/edit/form.ts';
import { isSlug, suggestedId } from '../src/domain/edit/slug.ts';
import { faultSpots, isWrong } from '../src/features/edit/say.ts';
import { readNumber } from '../src/domain/number-text.ts';
import { impliedProgress, nextStages } from '../src/domain/edit/stages.ts';
import { worklist } from '../src/domain/edit/worklist.ts';
import { asMulti, joined, piecesOf, pieceTypeOf, pointCount } from '../src/domain/geo/pieces.ts';
import { ruleLines, ruleParts } from '../src/domain/lights.ts';
import { LANGS, STAGES, type Stage } from '../src/domain/vocab.ts';
import { WORD_KEYS, type WordKey } from '../src/domain/words.ts';
// The words of tasks that load later.
import '../src/domain/words/accounts.ts';
import '../src/domain/words/history.ts';
import '../src/domain/words/inspection.ts';
import '../src/domain/words/patch.ts';
import { snapTo } from '../src/map/snap.ts';
import { versionOf } from '../src/api/write.ts';

const text = (zh: string, en = zh) => ({ zh, en });
const project = {
  name: text('槜李路', 'Zuili road'),
  kind: 'road',
  section: 's4',
  item: 2,
  aim: 'connect',
  start: null,
  due: '2019-12-31',
  stage: 'building',
  progress: 40,
  reported: '2019-06-30',
  owner: null,
  warden: '王工',
  investment: { planned_cny: 12500000, paid_cny: null },
  milestones: [{ name: text('开工', 'Begun'), due: '2019-03-01', done: '2019-03-04' }],
  curve: [0, 10.5, 100],
  from: text('南湖大道', 'Nanhu avenue'),
  to: text('纺工路', 'Fanggong road'),
  carries: null,
  crosses: null,
  note: null,
  visibility: 'public',
};

describe('stages', () => {
  test.each<[Stage, Stage[]]>([
    ['not_reported', ['planned', 'preparing', 'building', 'completed', 'in_use', 'suspended', 'cancelled']],
    ['planned', ['preparing', 'suspended', 'cancelled']],
    ['building', ['preparing', 'completed', 'suspended', 'cancelled']],
    ['completed', ['building', 'in_use', 'suspended', 'cancelled']],
    ['in_use', ['completed']],
    ['suspended', ['planned', 'preparing', 'building', 'cancelled']],
    ['cancelled', ['planned']],
  ])('after %s come %j', (stage, next) => expect(nextStages(stage)).toEqual(next));

  test('no stage follows itself, and nothing leads back to "not reported"', () => {
    for (const stage of STAGES) {
      expect(nextStages(stage)).not.toContain(stage);
      expect(nextStages(stage)).not.toContain('not_reported');
    }
  });

  test('what is built is done', () => {
    expect([impliedProgress('completed'), impliedProgress('building')]).toEqual([100, null]);
  });
});

describe('a form', () => {
  test('comes back as the body it was made of', () => {
    const { body, faults } = bodyOf(FIELDS.project, formOf(FIELDS.project, project), project);
    expect(faults).toEqual([]);
    expect(body).toEqual(project);
  });

  test('leaves members alone that it does not know', () => {
    const base = { ...project, later: 'kept' };
    expect(bodyOf(FIELDS.project, formOf(FIELDS.project, base), base).body['later']).toBe('kept');
  });

  test.each<[string, string, unknown, string]>([
    ['no name', 'name', { zh: '', en: '' }, 'needed'],
    ['a day that is not', 'due', '2019-02-30', 'date'],
    ['no due date', 'due', '', 'needed'],
    ['words for a number', 'progress', 'half', 'number'],
    ['less than nothing', 'investment', { planned: '-5', paid: '' }, 'least'],
    ['a milestone without a name', 'milestones', [{ zh: '', en: ' ', due: '2019-05-01', done: '' }], 'needed'],
    ['more than all', 'progress', '101', 'range'],
    ['half an item', 'item', '1.5', 'whole'],
    ['paid without a plan', 'investment', { planned: '', paid: '5' }, 'planned'],
    ['a curve with a word', 'curve', '10, x', 'number'],
  ])('with %s says so', (_, field, value, code) => {
    const form = { ...formOf(FIELDS.project, project), [field]: value } as Form;
    expect(bodyOf(FIELDS.project, form, project).faults).toMatchObject([{ field, code }]);
  });

  test('takes what is typed in one language for both', () => {
    const milestones = [{ zh: '路基完成', en: '', due: '2019-05-01', done: '' }];
    const form = { ...formOf(FIELDS.project, project), owner: { zh: '建设局', en: ' ' }, milestones } as Form;
    const { body, faults } = bodyOf(FIELDS.project, { ...form, name: { zh: '', en: 'Zuili road' } }, project);
    expect(faults).toEqual([]);
    expect(body).toMatchObject({
      name: text('Zuili road'),
      owner: text('建设局'),
      milestones: [{ name: text('路基完成') }],
    });
    // The field that was left empty is empty when the record is opened again.
    expect(formOf(FIELDS.project, body)['owner']).toEqual({ zh: '建设局', en: '' });
  });

  test('says which part is wrong and what would be right', () => {
    const milestones = [{ zh: '开工', en: '', due: '', done: '' }];
    const form = { ...formOf(FIELDS.project, project), progress: '140', milestones } as Form;
    expect(bodyOf(FIELDS.project, form, project).faults).toEqual([
      { field: 'progress', code: 'range', say: { min: 0, max: 100 } },
      { field: 'milestones', code: 'date', part: 0, at: 'due' },
    ]);
    const wordy = { ...formOf(FIELDS.project, project), progress: '一半' } as Form;
    expect(bodyOf(FIELDS.project, wordy, project).faults).toMatchObject([{ code: 'number', say: { example: '60' } }]);
  });

  test('marks the part that the server names', () => {
    const violation = { field: 'milestones[1].due', detail: 'before the start' };
    const spots = faultSpots('milestones', [], [violation]);
    expect(spots).toEqual([{ part: 1, at: 'due' }]);
    expect([isWrong(spots, 'due', 1), isWrong(spots, 'due', 0), isWrong(spots, 'name', 1)]).toEqual([
      true,
      undefined,
      undefined,
    ]);
  });

  test('reads numbers as people type them', () => {
    const form = {
      ...formOf(FIELDS.project, project),
      investment: { planned: '１２，５００,000', paid: '１' },
    } as Form;
    const { body, faults } = bodyOf(FIELDS.project, { ...form, curve: '10%，20 30' }, project);
    expect(body['curve']).toEqual([10, 20, 30]);
    expect((body['investment'] as { planned_cny: number }).planned_cny).toBe(12_500_000);
    expect((body['investment'] as { paid_cny: number }).paid_cny).toBe(1);
    expect(faults).toEqual([]);
    expect(['２０', '12。5', '１２．５％', '', '-', '1 250'].map(readNumber)).toEqual([20, 12.5, 12.5, NaN, NaN, 1250]);
  });

  test('keeps the readings of a target in order and refuses a day twice', () => {
    const target = { name: text('税'), section: 's1', item: 1, op: '>=', value: 5, unit: text('亿'), stretch: null };
    const reading = (date: string, value: number) => ({ date, value, source: '统计' });
    const base = { ...target, readings: [reading('2019-06-30', 2), reading('2019-03-31', 1)] };
    const { body } = bodyOf(FIELDS.target, formOf(FIELDS.target, base), base);
    expect((body['readings'] as { date: string }[]).map((r) => r.date)).toEqual(['2019-03-31', '2019-06-30']);
    const twice = { ...base, readings: [reading('2019-06-30', 2), reading('2019-06-30', 3)] };
    expect(bodyOf(FIELDS.target, formOf(FIELDS.target, twice), twice).faults).toMatchObject([
      { code: 'twice', part: 1 },
    ]);
  });

  test('knows the calendar', () => {
    const due = (typed: string) => bodyOf(FIELDS.project, { ...formOf(FIELDS.project, project), due: typed }, project);
    expect(due('2020-02-29').faults).toEqual([]);
    expect(due('2019-02-29').faults).toMatchObject([{ code: 'date' }]);
    expect(due('２０１９。６。１').body['due']).toBe('2019-06-01');
  });

  test('has a word for every field', () => {
    for (const field of Object.values(FIELDS).flat()) expect(WORD_KEYS).toContain(`field.${field.name}` as WordKey);
    for (const name of RARE)
      expect(
        Object.values(FIELDS)
          .flat()
          .map((f) => f.name),
      ).toContain(name);
  });
});

describe('two versions', () => {
  test('differ by member, whatever the order of keys', () => {
    expect(changedFields(project, { ...project, name: { en: 'Zuili road', zh: '槜李路' } })).toEqual([]);
    expect(changedFields(project, { ...project, due: '2020-01-31', curve: null })).toEqual(['due', 'curve']);
    expect(patchOf(project, project)).toBeNull();
  });

  test('an absent member is null', () => {
    const { note: _, ...without } = project;
    expect(changedFields(without, project)).toEqual([]);
  });

  test('what one of us changed is kept, and where both did somebody chooses', () => {
    const mine = { ...project, due: '2020-01-31', stage: 'completed' };
    const theirs = { ...project, due: '2020-06-30', warden: '李工' };
    const found = differences(project, mine, theirs);
    expect(found.map(({ field, clash, keep }) => [field, clash, keep])).toEqual([
      ['due', true, 'mine'],
      ['stage', false, 'mine'],
      ['warden', false, 'theirs'],
    ]);
    const keep = new Map(found.map((d) => [d.field, d.field === 'due' ? 'theirs' : d.keep] as const));
    expect(merged(theirs, mine, keep)).toEqual({ ...project, due: '2020-06-30', stage: 'completed', warden: '李工' });
  });

  test('the same change of both is no difference', () => {
    const both = { ...project, due: '2020-01-31' };
    expect(differences(project, both, { ...both })).toEqual([]);
  });

  test('a patch of an object names what went', () => {
    expect(patchOf({ investment: { planned_cny: 5, paid_cny: 1 } }, { investment: { planned_cny: 6 } })).toEqual({
      investment: { planned_cny: 6, paid_cny: null },
    });
  });
});

test('the worklist begins with the least known, and counts the surveyed', () => {
  const named = (id: string) => ({ id, kind: 'road' as const, name: text(id) });
  const at = (project: string, position: 'surveyed' | 'approximate' | 'rough' | 'placeholder', accuracy_m: number) => ({
    project,
    position,
    accuracy_m,
  });
  const places = [
    at('good', 'surveyed', 0),
    at('both', 'placeholder', 9000),
    at('both', 'approximate', 300),
    at('far', 'rough', 3000),
    at('near', 'rough', 800),
    at('guess', 'placeholder', 5000),
  ];
  const { todo, surveyed } = worklist(['good', 'both', 'near', 'far', 'guess', 'nowhere'].map(named), places);
  expect(todo.map((w) => w.id)).toEqual(['nowhere', 'guess', 'far', 'near', 'both']);
  expect(surveyed).toBe(1);
});

test('a geometry comes apart and together again', () => {
  const line = { type: 'LineString' as const, coordinates: [[0, 0], [1, 1]] }; // prettier-ignore
  const multi = { type: 'MultiLineString' as const, coordinates: [line.coordinates, line.coordinates] };
  expect(joined(piecesOf(line))).toEqual(line);
  expect(joined(piecesOf(multi))).toEqual(multi);
  expect(joined([line, { type: 'Point', coordinates: [0, 0] }])).toBeNull();
  expect(joined([])).toBeNull();
  expect(pointCount([line, { type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] }])).toBe(5); // prettier-ignore
  expect(['MultiPolygon', 'LineString', 'Geometry'].map(pieceTypeOf)).toEqual(['Polygon', 'LineString', 'Point']);
});

test('a corner within reach is snapped to before an edge, and nothing beyond it', () => {
  const road = { type: 'LineString' as const, coordinates: [[0, 0], [100, 0]] }; // prettier-ignore
  const flat = ([x, y]: [number, number]) => ({ x, y });
  expect(snapTo([road], { x: 95, y: 4 }, flat, 12)).toEqual([100, 0]);
  expect(snapTo([road], { x: 50, y: 4 }, flat, 12)).toEqual([50, 0]);
  expect(snapTo([road], { x: 50, y: 14 }, flat, 12)).toBeNull();
});

test('an entity tag tells its version', () => {
  expect(['"12-9f"', '"7"', 'W/"3-aa"', 'W/"2b45f4a3"', null].map(versionOf)).toEqual([12, 7, 3, null, null]);
});

describe('a new record', () => {
  test.each([
    ['Zuili Road', [], 'zuili-road'],
    ['  Nanhu–Café (phase 2)', [], 'nanhu-cafe-phase-2'],
    ['Children’s park', [], 'childrens-park'],
    ['Zuili Road', ['zuili-road', 'zuili-road-2'], 'zuili-road-3'],
    ['槜李路', [], ''],
    ['A school with a name that is far too long for any link to bear', [], 'a-school-with-a-name-that-is-far-too'],
  ])('called %s, with %j taken, is %s', (name, taken, id) => {
    expect(suggestedId(name, new Set(taken))).toBe(id);
    if (id) expect(isSlug(id)).toBe(true);
  });

  test('without Latin letters is numbered by what it is', () => {
    expect(suggestedId('槜李路', new Set(['project-1']), 'project')).toBe('project-2');
  });

  test('has an id that the server takes', () => {
    expect(['a', '0-b_c', '-a', 'A', '', 'a b', 'x'.repeat(65)].map(isSlug)).toEqual([true, true, false, false, false, false, false]); // prettier-ignore
  });

  test.each(['project', 'target', 'quota', 'theme', 'section', 'collection'] as const)(
    'of type %s lacks only what somebody must say',
    (type) => {
      const blank = blankRecord(type, { section: 's1', item: 1 }, { due: '2019-12-31', sections: 5 });
      expect(Object.keys(blank).sort()).toEqual(FIELDS[type].map((f) => f.name).sort());
      const { faults } = bodyOf(FIELDS[type], formOf(FIELDS[type], blank), blank);
      expect(faults.length).toBeGreaterThan(0);
      expect(faults.every((f) => f.code === 'needed')).toBe(true);
      // What must be said is asked at once.
      const { often } = asked(type, true);
      for (const { field } of faults) expect(often.map((f) => f.name)).toContain(field);
    },
  );
});

test.each([
  [['120.6', '30.6', '120.9', '30.8'], true],
  [['120.9', '30.6', '120.6', '30.8'], false],
  [['120.6', '30.8', '120.9', '30.6'], false],
  [['120.6', '', '120.9', '30.8'], false],
  [['120.6', '30.6', '190', '30.8'], false],
])('the extent %j is one: %s', (extent, sound) => {
  const plan = {
    district: text('区'),
    city: text('市'),
    year: 2019,
    start: '2019-01-01',
    due: '2019-12-31',
    extent: [],
  };
  const form = { ...formOf(FIELDS.plan, plan), extent } as Form;
  expect(bodyOf(FIELDS.plan, form, plan).faults).toEqual(sound ? [] : [{ field: 'extent', code: 'extent' }]);
});

test('a lone piece goes into a collection of multi-geometries as one', () => {
  const line = { type: 'LineString' as const, coordinates: [[0, 0], [1, 1]] }; // prettier-ignore
  const multi = { type: 'MultiLineString' as const, coordinates: [line.coordinates] };
  expect(asMulti(line)).toEqual(multi);
  expect(asMulti(multi)).toBe(multi);
});

test('the rule of the lights reads with its numbers, the same in both languages', () => {
  const rule = {
    behind_yellow_points: 10,
    behind_red_points: 30,
    unstarted_yellow_months: 1,
    unstarted_red_months: 3,
    evidence_days: 45,
    needs_inspection: false,
  };
  for (const line of ruleLines(rule)) {
    const numbers = LANGS.map((lang) =>
      ruleParts(line, lang)
        .filter((p) => p.number)
        .map((p) => p.text),
    );
    expect(numbers[0]).toEqual(numbers[1]);
    expect(numbers[0]).toEqual(Object.values(line.values).map(String));
  }
  expect(ruleLines(rule).at(-1)!.key).toBe('rule.stale');
  expect(ruleLines({ ...rule, evidence_days: null }).at(-1)!.key).toBe('rule.ageless');
});
