import { describe, expect, test } from 'vitest';
import {
  importedEmail,
  importStep,
  isSameInteraction,
  type ImportedAnswer,
  type ImportedInteraction,
  type ImportStep,
} from '../../../src/domain/closing/imports.ts';
import type { Closing } from '../../../src/domain/closing/closing.ts';
import type { ClosingState } from '../../../src/domain/closing/transitions.ts';
import { closing } from './closings.ts';

const sentAt = '2026-11-22T11:00:00.000Z';
const answer: ImportedAnswer = {
  rating: 4,
  resolved: true,
  comment: 'Fine',
  answeredAt: '2026-11-22T12:00:00.000Z',
};
const amy = { id: 'amy', name: 'Amy Lee', email: null };
const ben = { id: 'ben', name: 'Ben Ray', email: null };
const interaction: ImportedInteraction = {
  id: 'row-1',
  interactionId: null,
  conversationId: 'conversation-1',
  customerId: 'customer-1',
  closedAt: '2026-11-22T10:00:00.000Z',
  address: 'kim@example.com',
  agent: amy,
  channel: 'EMAIL',
  sentAt: null,
  reason: { code: 'already_surveyed', detail: 'asked there' },
  answer: null,
  hasUnsubscribed: false,
};

interface Given {
  row?: Partial<ImportedInteraction>;
  about?: Partial<Closing>;
  isNew?: boolean;
  current?: ImportedAnswer | null;
}

function step({ row, about, isNew = false, current = null }: Given): ImportStep {
  return importStep({ ...interaction, ...row }, closing(about), { isNew, answer: current });
}

const known = { customerId: 'customer-1', agent: amy };
const suppressed = {
  transition: 'suppress',
  change: { ...known, reasons: [interaction.reason], dueAt: null, error: null },
  note: 'already_surveyed',
};

describe('an interaction', () => {
  test('of a forgotten customer is left out, whatever it is', () => {
    for (const row of [{ answer }, { sentAt }, {}]) {
      expect(step({ row, about: { forgottenAt: sentAt } })).toEqual({ leave: 'forgotten' });
    }
  });

  test.each<ClosingState>(['sending', 'sent', 'uncertain'])(
    'of a survey of ours that is %s is ours',
    (state) => {
      expect(step({ row: { answer }, about: { state } })).toEqual({ leave: 'surveyed_here' });
    },
  );

  test('that nobody was asked about is taken where it is all that is known', () => {
    expect(step({ isNew: true })).toEqual({ take: 'not_asked', move: suppressed });
    expect(step({})).toEqual({ leave: 'decided_here' });
  });

  test('that the customer was asked about keeps us from asking', () => {
    expect(step({ row: { sentAt } })).toEqual({ take: 'asked', move: suppressed });
    expect(step({ row: { sentAt }, about: { state: 'suppressed' } })).toEqual({ take: 'asked', move: null });
  });

  test('leaves what we found out about the closing', () => {
    const about = { customerId: 'customer-2', agent: ben };
    expect(step({ row: { sentAt }, about })).toMatchObject({ move: { change: about } });
    expect(step({ row: { answer }, about })).toMatchObject({ move: { change: about } });
  });

  test('that was imported is known, and another one of the closing is left out', () => {
    expect(step({ about: { imported: 'row-1' } })).toEqual({ known: true });
    expect(step({ about: { imported: 'row-2' } })).toEqual({ leave: 'same_closing' });
    expect(step({ row: { sentAt }, about: { imported: 'row-1', sentAt } })).toEqual({ known: true });
  });

  test('says later that the customer was asked', () => {
    expect(step({ row: { sentAt }, about: { imported: 'row-1' } })).toEqual({ take: 'asked', move: null });
    expect(step({ row: { sentAt }, about: { imported: 'row-2' } })).toEqual({ take: 'asked', move: null });
  });
});

describe('an imported answer', () => {
  test.each<ClosingState>(['pending', 'scheduled', 'failed', 'suppressed'])(
    'ends a closing that is %s',
    (state) => {
      for (const imported of [null, 'row-1', 'row-2']) {
        expect(step({ row: { answer }, about: { state, imported } })).toEqual({
          take: 'answer',
          move: {
            transition: 'answer_unasked',
            change: {
              ...known,
              ...{ provider: null, surveyUrl: null, dueAt: null, error: null, reasons: [] },
            },
            note: 'rating 4, imported',
          },
        });
      }
    },
  );

  const answered = { state: 'answered', imported: 'row-1' } as const;
  const change = { take: 'changed_answer', move: { transition: 'answer', change: {}, note: 'rating 4' } };

  test('to a survey of ours, or recorded by a person, is left out', () => {
    expect(step({ row: { answer }, about: { ...answered, provider: 'smtp' } })).toEqual({
      leave: 'surveyed_here',
    });
    expect(step({ row: { answer }, about: { ...answered, imported: null } })).toEqual({
      leave: 'surveyed_here',
    });
  });

  test('counts once', () => {
    expect(step({ row: { answer }, about: answered, current: { ...answer, answeredAt: sentAt } })).toEqual({
      known: true,
    });
    expect(step({ about: answered, current: answer })).toEqual({ known: true });
    const other = { ...answered, imported: 'row-2' };
    expect(step({ row: { answer }, about: other, current: answer })).toEqual({ known: true });
  });

  test.each<Partial<ImportedAnswer>>([{ rating: 5 }, { resolved: false }, { comment: null }])(
    'that was %j before is a changed one',
    (before) => {
      const current = { ...answer, ...before };
      expect(step({ row: { answer }, about: answered, current })).toEqual(change);
      const other = { ...answered, imported: 'row-2' };
      expect(step({ row: { answer }, about: other, current })).toEqual({ leave: 'same_closing' });
    },
  );

  test('of an older file takes nothing back', () => {
    const later = { ...answer, rating: 5, answeredAt: '2026-11-22T12:00:00.001Z' };
    expect(step({ row: { answer }, about: answered, current: later })).toEqual({ known: true });
    expect(step({ row: { answer }, about: answered })).toEqual(change);
  });
});

describe('the address of an import', () => {
  const address = 'kim@example.com';

  test('is that of a closing which was imported and not forgotten', () => {
    expect(importedEmail({ imported: 'row-1', address, forgottenAt: null })).toBe(address);
    expect(importedEmail({ imported: null, address, forgottenAt: null })).toBeNull();
    expect(importedEmail({ imported: 'row-1', address, forgottenAt: sentAt })).toBeNull();
  });
});

test('sightings are of one interaction where one of their times is the same', () => {
  const far = '2026-11-23T11:00:00.000Z';
  expect(isSameInteraction({ requestedAt: null, sentAt }, { requestedAt: sentAt, sentAt: null })).toBe(false);
  expect(isSameInteraction({ requestedAt: far, sentAt }, { requestedAt: sentAt, sentAt })).toBe(true);
  expect(isSameInteraction({ requestedAt: sentAt, sentAt: far }, { requestedAt: sentAt, sentAt: null })).toBe(
    true,
  );
  const later = '2026-11-22T11:01:00.000Z';
  expect(isSameInteraction({ requestedAt: null, sentAt }, { requestedAt: null, sentAt: later })).toBe(true);
  expect(isSameInteraction({ requestedAt: null, sentAt: later }, { requestedAt: null, sentAt })).toBe(true);
});
