// What people type for a day is read year first, and what is no day is not guessed at.
import { expect, test } from 'vitest';
import { readDay } from '../src/domain/date-text.ts';

test.each([
  ['2019-05-31', '2019-05-31'],
  [' 2019-5-1 ', '2019-05-01'],
  ['2019/5/1', '2019-05-01'],
  ['2019.05.31', '2019-05-31'],
  ['20190531', '2019-05-31'],
  ['2019年5月31日', '2019-05-31'],
  ['2019 年 5 月 31 日', '2019-05-31'],
  ['31.05.2019', null],
  ['5/31/2019', null],
  ['2019-02-29', null],
  ['2019-13-01', null],
  ['2019-05', null],
  ['soon', null],
  ['', null],
])('%s is read as %s', (text, day) => expect(readDay(text)).toBe(day));
