// A change reads as a person would say it, in both languages.
import { expect, test } from 'vitest';
import { diffLine, type FieldChange } from '../src/domain/diff.ts';
import type { Lang } from '../src/domain/vocab.ts';

const NAMES: Record<string, string> = { mars: '玛氏技改', s4: '更高质量提能级' };

function check(change: FieldChange & { moved_m?: number }, zh: string, en: string): void {
  const said = (lang: Lang) => {
    const { field, text } = diffLine(change, lang, (id) => NAMES[id] ?? id);
    return `${field} ${text}`;
  };
  expect([said('zh'), said('en')]).toEqual([zh, en]);
}

const text = (zh: string, en: string) => ({ zh, en });
const milestone = (zh: string, due: string, done: string | null = null) => ({ name: text(zh, zh), due, done });

test('stages and lights are said by their names', () => {
  check({ field: 'stage', before: 'preparing', after: 'building' }, '阶段 前期 → 在建', 'Stage Preparing → Building');
  check(
    { field: 'aim', before: 'start', after: 'complete' },
    '年度目标 开工 → 竣工投产',
    'Aim Construction begun → Built and in production',
  );
});

test('nothing is said as nothing, and numbers with their unit', () => {
  check({ field: 'progress', before: null, after: 35 }, '进度 无 → 35%', 'Progress none → 35%');
  check({ field: 'accuracy_m', before: 400, after: 5 }, '误差 400 m → 5 m', 'Accuracy 400 m → 5 m');
  check(
    { field: 'due', before: '2019-06-30', after: '2019-12-31' },
    '期限 2019-06-30 → 2019-12-31',
    'Due 2019-06-30 → 2019-12-31',
  );
});

test('a name is said in the language of the page', () => {
  check({ field: 'name', before: text('甲', 'A'), after: text('乙', 'B') }, '名称 甲 → 乙', 'Name A → B');
  check({ field: 'section', before: 's4', after: 's9' }, '章节 更高质量提能级 → s9', 'Section 更高质量提能级 → s9');
});

test('a geometry tells how far it moved and what became of its vertices', () => {
  const line = (vertices: number) => ({ type: 'LineString', vertices });
  check(
    { field: 'geometry', before: line(5), after: line(7), moved_m: 34.2 },
    '位置 移动 34 m，节点 5 → 7',
    'Place moved 34 m, vertices 5 → 7',
  );
  check(
    { field: 'geometry', before: line(5), after: line(5), moved_m: 0 },
    '位置 形状改变，5 个节点',
    'Place shape changed, 5 vertices',
  );
  const point = { type: 'Point', vertices: 1 };
  check({ field: 'geometry', before: point, after: point, moved_m: 1234 }, '位置 移动 1.2 km', 'Place moved 1.2 km');
  check({ field: 'geometry', before: null, after: line(3) }, '位置 线, 3 个节点', 'Place line, 3 vertices');
});

test('milestones tell which came, went, moved and were done', () => {
  const before = [milestone('开工', '2019-03-01'), milestone('封顶', '2019-09-01')];
  const after = [milestone('开工', '2019-03-01', '2019-03-10'), milestone('竣工', '2019-12-01')];
  check(
    { field: 'milestones', before, after },
    '节点 开工 于 2019-03-10 完成；增加 竣工 2019-12-01；去掉 封顶',
    'Milestones 开工 done on 2019-03-10; added 竣工 2019-12-01; removed 封顶',
  );
  check(
    { field: 'milestones', before: [milestone('竣工', '2019-10-01')], after: [milestone('竣工', '2019-12-01')] },
    '节点 竣工 2019-10-01 → 2019-12-01',
    'Milestones 竣工 2019-10-01 → 2019-12-01',
  );
});

test('lists tell what they gained and lost', () => {
  check(
    { field: 'members', before: ['a'], after: ['a', 'mars'] },
    '列名项目 增加 玛氏技改',
    'Named projects added 玛氏技改',
  );
  check(
    { field: 'readings', before: [], after: [{ date: '2019-06-30', value: 12 }] },
    '读数 增加 2019-06-30 12',
    'Readings added 2019-06-30 12',
  );
  check(
    { field: 'curve', before: [10, 20, 30], after: [10, 25, 35, 40] },
    '计划进度 3 个月的值',
    'Planned progress 3 monthly values',
  );
});

test('a decision on a report reads as one', () => {
  const decided = { accepted: true, by: 'wang', at: '2026-11-24T09:05:31Z', reason: null, superseded: false };
  check({ field: 'decision', before: null, after: decided }, '处理 待定 → 已采纳', 'Decision Waiting → Accepted');
  check({ field: 'decision', before: decided, after: null }, '处理 已采纳 → 待定', 'Decision Accepted → Waiting');
  check(
    { field: 'decision', before: null, after: { ...decided, accepted: false, reason: '看不清' } },
    '处理 待定 → 已退回：看不清',
    'Decision Waiting → Rejected: 看不清',
  );
  check(
    { field: 'decision', before: null, after: { ...decided, superseded: true } },
    '处理 待定 → 已采纳，有更晚的报告',
    'Decision Waiting → Accepted, overtaken by a later report',
  );
});

test('a rule and a patch read as such', () => {
  check({ field: 'fix_limit_m', before: 50, after: 30 }, '定位误差限度 50 m → 30 m', 'Limit of the fix 50 m → 30 m');
  check(
    { field: 'accept_at_once', before: false, after: true },
    '无疑点的直接采纳 否 → 是',
    'Accepts at once no → yes',
  );
  check({ field: 'role', before: 'grid', after: 'river' }, '类别 网格 → 河道', 'Kind Grid cell → River');
  check(
    { field: 'inspectors', before: ['wang', 'li'], after: ['li', 'mars'] },
    '由谁去看 增加 玛氏技改；去掉 wang',
    'Looked after by added 玛氏技改; removed wang',
  );
});

test('money is told apart as planned and paid', () => {
  check(
    { field: 'investment', before: null, after: { planned_cny: 12500000, paid_cny: 300 } },
    '投资 无 → 计划 ¥12,500,000，已付 ¥300',
    'Investment none → planned ¥12,500,000, paid ¥300',
  );
});

test('what we do not know is still told, and nothing hostile breaks the line', () => {
  check({ field: 'shape_rank', before: 1, after: { a: 1 } }, 'shape_rank 1 → {"a":1}', 'shape_rank 1 → {"a":1}');
  check(
    { field: 'stage', before: 'constructor', after: '__proto__' },
    '阶段 constructor → __proto__',
    'Stage constructor → __proto__',
  );
  for (const odd of [null, undefined, 0, '', [], {}, [null], 'x'.repeat(999)]) {
    for (const field of ['geometry', 'milestones', 'members', 'readings', 'curve', 'investment', 'name', '']) {
      const { text: said } = diffLine({ field, before: odd, after: odd }, 'zh');
      expect(said.length).toBeLessThan(200);
    }
  }
});
