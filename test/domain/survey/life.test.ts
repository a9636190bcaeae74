import { describe, expect, test } from 'vitest';
import { mostRevisions, surveyLife, type SurveyFacts } from '../../../src/domain/survey/life.ts';

const hour = 3_600_000;
const day = 24 * hour;
const policy = { surveyExpires: 30 * day, answerFinalAfter: day };
const leftAt = '2026-11-01T12:00:00.000Z';
const left = Date.parse(leftAt);
const sent: SurveyFacts = { leftAt, firstAnsweredAt: null, revisions: 0 };

describe('a survey can be answered', () => {
  test('only when a message left', () => {
    expect(surveyLife(sent, policy, left)).toBe('open');
    expect(surveyLife({ ...sent, leftAt: null }, policy, left)).toBe('not_asked');
  });

  test('until it expires, and no longer at that very moment', () => {
    expect(surveyLife(sent, policy, left + 30 * day - 1)).toBe('open');
    expect(surveyLife(sent, policy, left + 30 * day)).toBe('expired');
  });

  test('anew until the first answer is final, and no longer at that very moment', () => {
    const answered: SurveyFacts = { ...sent, firstAnsweredAt: '2026-11-02T12:00:00.000Z' };
    expect(surveyLife(answered, policy, left + 2 * day - 1)).toBe('open');
    expect(surveyLife(answered, policy, left + 2 * day)).toBe('final');
    expect(surveyLife(answered, { ...policy, answerFinalAfter: 0 }, left + day)).toBe('final');
  });

  test('until it was changed as often as anybody may', () => {
    const answered: SurveyFacts = { ...sent, firstAnsweredAt: leftAt };
    expect(surveyLife({ ...answered, revisions: mostRevisions - 1 }, policy, left)).toBe('open');
    expect(surveyLife({ ...answered, revisions: mostRevisions }, policy, left)).toBe('final');
  });

  test('no longer than it lives, also where the answer is not final yet', () => {
    const late = new Date(left + 30 * day - hour).toISOString();
    const answered: SurveyFacts = { ...sent, firstAnsweredAt: late };
    expect(surveyLife(answered, policy, left + 30 * day)).toBe('expired');
  });
});
