import { describe, expect, test } from 'vitest';
import { arrivalOf, type ArrivedMessage } from '../../../src/domain/closing/arrival.ts';
import type { ClosingState } from '../../../src/domain/closing/transitions.ts';
import { closing } from './closings.ts';

const leftAt = '2026-11-22T11:00:00.000Z';
const answer = { surveyId: 'survey-1', rating: 4 };
const message: ArrivedMessage = {
  sequence: 3,
  surveyId: 'survey-1',
  provider: 'smtp',
  address: 'kim@example.com',
  leftAt,
  brand: 'nordwind',
};
const reading = {
  ...{ readAt: leftAt, evidence: null, customer: null, customerId: 'customer-1' },
  agent: { id: 'amy', name: 'Amy Lee', email: null },
};
const unsent = ['pending', 'scheduled', 'failed', 'suppressed'] as const;
const over = { dueAt: null, error: null, reasons: [] };
const note = 'rating 4';

describe('an answer to a survey', () => {
  test.each<[ClosingState, 'newest' | null]>([
    ['sent', null],
    ['answered', null],
    ['sending', 'newest'],
    ['uncertain', 'newest'],
  ])('that is %s proves as arrived: %s', (state, proves) => {
    const about = closing({ state, leftAt, surveyId: 'survey-1' });
    for (const unasked of [null, { reading }]) {
      expect(arrivalOf(about, answer, message, unasked)).toEqual({
        move: { transition: 'answer', change: { sentAt: leftAt, error: null }, note },
        proves,
      });
    }
  });

  test('keeps the time at which its message is known to have left', () => {
    const sentAt = '2026-11-22T11:00:01.000Z';
    const arrival = arrivalOf(closing({ state: 'sent', leftAt, sentAt }), answer, null, null);
    expect(arrival?.move.change).toEqual({ sentAt, error: null });
  });

  test.each(unsent)('that was decided again since, and is %s, proves its own message', (state) => {
    for (const unasked of [null, { reading }]) {
      expect(arrivalOf(closing({ state }), answer, message, unasked)).toEqual({
        move: {
          transition: 'answer_earlier',
          change: {
            surveyId: 'survey-1',
            provider: 'smtp',
            address: 'kim@example.com',
            leftAt,
            sentAt: leftAt,
            brand: 'nordwind',
            ...over,
          },
          note,
        },
        proves: 3,
      });
    }
  });
});

describe('an answer without a message', () => {
  test.each(unsent)('changes nothing of a closing that is %s', (state) => {
    expect(arrivalOf(closing({ state }), answer, null, null)).toBeNull();
  });

  test.each(unsent)('that a person recorded ends the waiting of one that is %s', (state) => {
    const about = closing({ state, surveyId: 'survey-0', surveyUrl: 'https://csat.example/s/0' });
    expect(arrivalOf(about, answer, null, { reading })).toEqual({
      move: {
        transition: 'answer_unasked',
        change: { ...reading, surveyUrl: null, surveyId: 'survey-1', provider: null, ...over },
        note,
      },
      proves: null,
    });
  });

  test('that a person recorded keeps the verdict of the same survey', () => {
    const arrival = arrivalOf(closing({ surveyId: 'survey-1' }), answer, null, { reading });
    expect(arrival?.move.change).toEqual({ surveyId: 'survey-1', provider: null, ...over });
  });

  test('that a person recorded of a closing that was never read has no verdict', () => {
    const arrival = arrivalOf(closing(), answer, null, { reading: null });
    expect(arrival?.move.change).toEqual({
      surveyUrl: null,
      surveyId: 'survey-1',
      provider: null,
      ...over,
    });
  });
});
