import { expect, test } from 'vitest';
import { isCountable } from '../../../src/domain/closing/counting.ts';
import { isSameInteraction } from '../../../src/domain/closing/imports.ts';
import { reasonCodes } from '../../../src/domain/closing/reason.ts';

test('what has not ended, counts already, is old, or was forgotten does not count', () => {
  const uncounted = reasonCodes.filter((code) => !isCountable([{ code, detail: '' }]));
  expect(uncounted).toEqual(['not_closed', 'reopened', 'already_surveyed', 'too_old', 'forgotten']);
  // One uncounted reason of several is enough.
  expect(
    isCountable([
      { code: 'opt_out_topic', detail: '' },
      { code: 'reopened', detail: '' },
    ]),
  ).toBe(false);
});

test('an interaction is the same within a minute of when it was requested or sent', () => {
  const [first, near, far] = ['10:00:30.500', '10:01:30.000', '10:01:31.000'].map(
    (time) => `2026-11-22T${time}Z`,
  ) as [string, string, string];
  const sent = { requestedAt: null, sentAt: first };
  expect(isSameInteraction(sent, { requestedAt: null, sentAt: near })).toBe(true);
  expect(isSameInteraction(sent, { requestedAt: null, sentAt: far })).toBe(false);
  expect(isSameInteraction({ requestedAt: first, sentAt: null }, { requestedAt: near, sentAt: far })).toBe(
    true,
  );
  // Nothing is known about either.
  expect(isSameInteraction({ requestedAt: null, sentAt: null }, { requestedAt: null, sentAt: null })).toBe(
    false,
  );
});
