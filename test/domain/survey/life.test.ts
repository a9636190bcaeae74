import { describe, expect, test } from 'vitest';
import { closingStates, type ClosingState } from '../../../src/domain/closing/transitions.ts';
import { mostRevisions, surveyLife, type SurveyFacts } from '../../../src/domain/survey/life.ts';

const hour = 3_600_000;
const day = 24 * hour;
const policy = { surveyExpires: 30 * day, answerFinalAfter: day };
const leftAt = '2026-11-01T12:00:00.000Z';
const left = Date.parse(leftAt);
const sent: SurveyFacts = { state: 'sent', leftAt, firstAnsweredAt: null, revisions: 0 };

describe('a survey can be answered', () => {
  test.each<[ClosingState, string]>([
    ['sent', 'open'],
    ['answered', 'open'],
    ['uncertain', 'open'],
    ['sending', 'open'],
    // These closings were decided again after a message that may have arrived.
    ['pending', 'open'],
    ['scheduled', 'open'],
    ['failed', 'open'],
    ['suppressed', 'open'],
  ])('in state %s: %s', (state, life) => {
    expect(surveyLife({ ...sent, state }, policy, left)).toBe(life);
  });

  test('only when a message left, whatever the state', () => {
    for (const state of closingStates) {
      expect(surveyLife({ ...sent, state, leftAt: null }, policy, left)).toBe('not_asked');
    }
  });

  test('until it expires, and no longer at that very moment', () => {
    expect(surveyLife(sent, policy, left + 30 * day - 1)).toBe('open');
    expect(surveyLife(sent, policy, left + 30 * day)).toBe('expired');
  });

  test('anew until the first answer is final, and no longer at that very moment', () => {
    const answered: SurveyFacts = { ...sent, state: 'answered', firstAnsweredAt: '2026-11-02T12:00:00.000Z' };
    expect(surveyLife(answered, policy, left + 2 * day - 1)).toBe('open');
    expect(surveyLife(answered, policy, left + 2 * day)).toBe('final');
    expect(surveyLife(answered, { ...policy, answerFinalAfter: 0 }, left + day)).toBe('final');
  });

  test('until it was changed as often as anybody may', () => {
    const answered: SurveyFacts = { ...sent, state: 'answered', firstAnsweredAt: leftAt };
    expect(surveyLife({ ...answered, revisions: mostRevisions - 1 }, policy, left)).toBe('open');
    expect(surveyLife({ ...answered, revisions: mostRevisions }, policy, left)).toBe('final');
  });

  test('no longer than it lives, also where the answer is not final yet', () => {
    const late = new Date(left + 30 * day - hour).toISOString();
    const answered: SurveyFacts = { ...sent, state: 'answered', firstAnsweredAt: late };
    expect(surveyLife(answered, policy, left + 30 * day)).toBe('expired');
  });
});
