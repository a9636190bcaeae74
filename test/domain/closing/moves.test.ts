import { describe, expect, test } from 'vitest';
import { doubtHint } from '../../../src/domain/closing/doubt.ts';
import {
  errorOf,
  failureMove,
  interruptedMove,
  messageMove,
  reopeningMove,
  resendMove,
  retryMove,
  suppression,
  type MessageResult,
} from '../../../src/domain/closing/moves.ts';
import type { ClosingState } from '../../../src/domain/closing/transitions.ts';
import { deliveryNames } from '../../../src/domain/delivery.ts';

const at = '2026-11-22T10:00:00.000Z';
/** A failure as programs throw it, with more than is stored. */
const failure = { code: 'refused', message: 'No.', hint: 'Ask.', status: 500 };
const stored = { code: 'refused', message: 'No.', hint: 'Ask.' };
const decidedAnew = { attempts: 0, dueAt: null, leftAt: null, error: null, reasons: [] };

describe('a closing that gets no survey', () => {
  const reasons = [
    { code: 'not_closed', detail: 'open' },
    { code: 'too_old', detail: 'old' },
  ] as const;

  test('keeps its reasons, and what was read; earlier failures no longer matter', () => {
    expect(suppression(reasons, { readAt: at, dueAt: at, error: stored })).toEqual({
      transition: 'suppress',
      change: { readAt: at, reasons, dueAt: null, error: null },
      note: 'not_closed, too_old',
    });
  });

  test.each<[ClosingState, string | null, boolean]>([
    ['pending', null, true],
    ['pending', at, true],
    ['scheduled', at, true],
    ['failed', at, true],
    ['failed', null, false],
    ['sending', at, false],
    ['sent', at, false],
    ['uncertain', at, false],
    ['answered', at, false],
    ['suppressed', at, false],
  ])('is one that is %s with the due time %s when it reopens: %s', (state, dueAt, isEnded) => {
    const move = {
      transition: 'suppress',
      change: { reasons: [{ code: 'reopened', detail: `reopened at ${at}` }], dueAt: null, error: null },
      note: 'reopened',
    };
    expect(reopeningMove({ state, dueAt }, at)).toEqual(isEnded ? move : null);
  });
});

describe('the end of a message', () => {
  const end = (result: MessageResult, state: ClosingState = 'sending', attempts = 2) =>
    messageMove({ state, surveyId: 'survey-1' }, result, at, attempts);
  const sent: MessageResult = { status: 'sent', externalId: 'message-1' };
  const uncertain: MessageResult = { status: 'uncertain', failure };

  test('that left confirms it', () => {
    const move = {
      transition: 'confirm',
      change: { sentAt: at, externalId: 'message-1', error: null },
      note: null,
    };
    expect(end(sent)).toEqual(move);
    expect(end(sent, 'uncertain')).toEqual(move);
  });

  test('that may have left leaves it to a person', () => {
    expect(end(uncertain)).toEqual({
      transition: 'doubt',
      change: { error: { code: 'refused', message: 'No.', hint: doubtHint('survey-1') } },
      note: 'refused',
    });
    const unnamed = messageMove({ state: 'sending', surveyId: null }, uncertain, at, 0);
    expect(unnamed?.change.error?.hint).toBe(doubtHint(''));
  });

  test('that certainly did not leave, and never will, fails it', () => {
    expect(end({ status: 'not_sent', temporary: false, failure })).toEqual({
      transition: 'fail',
      change: { error: stored, leftAt: null, attempts: 3, dueAt: null },
      note: 'refused',
    });
  });

  test.each([
    [0, '2026-11-22T10:01:00.000Z'],
    [2, '2026-11-22T10:04:00.000Z'],
    [50, '2026-11-22T11:04:00.000Z'],
  ])('that did not leave for now is tried again after %d tries at %s', (attempts, dueAt) => {
    expect(end({ status: 'not_sent', temporary: true, failure }, 'sending', attempts)).toEqual({
      transition: 'resume',
      change: { error: stored, leftAt: null, attempts: attempts + 1, dueAt },
      note: 'refused',
    });
  });

  test('changes nothing where more is known already', () => {
    const failed: MessageResult = { status: 'not_sent', temporary: true, failure };
    expect([sent, uncertain, failed].map((result) => end(result, 'answered'))).toEqual([null, null, null]);
    expect([uncertain, failed].map((result) => end(result, 'uncertain'))).toEqual([null, null]);
  });
});

describe('a process that ended while a message was leaving', () => {
  test.each(deliveryNames)('by %s', (provider) => {
    const move = interruptedMove({ provider, surveyId: 'survey-1' }, at);
    expect(move.note).toBe('interrupted');
    if (provider === 'outbox') {
      expect(move).toMatchObject({ transition: 'resume', change: { dueAt: at, leftAt: null } });
      return;
    }
    expect(move).toMatchObject({
      transition: 'doubt',
      change: { error: { code: 'send_interrupted', hint: doubtHint('survey-1') } },
    });
  });

  test('is in doubt where nobody knows by what it left', () => {
    expect(interruptedMove({ provider: null, surveyId: null }, at)).toMatchObject({
      transition: 'doubt',
      change: { error: { hint: doubtHint('') } },
    });
  });
});

test('a failed try is counted, and says when the next one is', () => {
  for (const retryAt of [at, null]) {
    expect(failureMove(failure, 4, retryAt)).toEqual({
      transition: 'fail',
      change: { error: stored, dueAt: retryAt, leftAt: null, attempts: 5 },
      note: 'refused',
    });
  }
  expect(errorOf(failure)).toEqual(stored);
});

test('a person has a closing decided anew, with all its tries', () => {
  expect(retryMove()).toEqual({ transition: 'retry', change: decidedAnew, note: null });
  expect(resendMove()).toEqual({ transition: 'resend', change: decidedAnew, note: null });
});
