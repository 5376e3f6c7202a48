// The server's reasons why nobody was signed in: each has its words, and none stays in the address.
import { expect, test } from 'vitest';
import { REASONS, splitReason } from '../src/domain/sign-in.ts';
import { WORD_KEYS } from '../src/domain/words.ts';
import openapi from '../openapi.json' with { type: 'json' };

test('each reason that the server gives is explained, and no other', () => {
  const { summary } = openapi.paths['/api/v1/session/oidc/callback'].get;
  const told = /why not: ([\w, ]+)\./.exec(summary)![1]!.split(', ');
  expect([...REASONS].sort()).toEqual(told.sort());
  for (const reason of REASONS) expect(WORD_KEYS).toContain(`oidc.${reason}`);
});

test.each([
  ['', '', null],
  ['?lang=en', '?lang=en', null],
  ['?sign-in=cancelled', '', 'cancelled'],
  ['?lang=en&sign-in=no_role&project=a', '?lang=en&project=a', 'no_role'],
  ['?sign-in=%3Cb%3E', '', null],
])('%s', (before, search, reason) => {
  expect(splitReason(before)).toEqual({ search, reason });
});
