// A change that was taken back is known as such, alone or with its batch.
import { expect, test } from 'vitest';
import { isUndone, undoneBy, type Undoable } from '../src/domain/undone.ts';

function change(seq: number, id: string, more: Partial<Undoable> = {}): Undoable {
  return { seq, batch: seq, type: 'project', collection: null, id, undoes: null, ...more };
}

const road = change(1, 'road');
const place = change(2, 'place', { batch: 1, type: 'feature', collection: 'roads' });
const told = (undoers: Undoable[]) => [road, place].map((c) => isUndone(c, undoneBy(undoers)));

test('nothing is undone by itself', () => expect(told([road, place])).toEqual([false, false]));

test('a single undo takes back the change that it names, not what landed with that', () => {
  expect(told([change(3, 'road', { undoes: 1 })])).toEqual([true, false]);
  expect(told([change(3, 'place', { undoes: 2, type: 'feature', collection: 'roads' })])).toEqual([false, true]);
});

test('the undo of a batch takes back all of it', () => {
  const back = [
    change(3, 'place', { batch: 3, undoes: 1, type: 'feature', collection: 'roads' }),
    change(4, 'road', { batch: 3, undoes: 1 }),
  ];
  expect(told(back)).toEqual([true, true]);
});
