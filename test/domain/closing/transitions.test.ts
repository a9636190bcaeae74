import { describe, expect, test } from 'vitest';
import {
  allows,
  closingStates,
  reservingStates,
  surveyedStates,
  transitions,
  type ClosingState,
  type Transition,
} from '../../../src/domain/closing/transitions.ts';

const names = Object.keys(transitions) as Transition[];
const leaving = (state: ClosingState): Transition[] => names.filter((name) => allows(name, state));
const entering = (state: ClosingState): Transition[] =>
  names.filter((name) => transitions[name].to === state);

/** States that a closing can reach when only these transitions happen. */
function reachable(from: ClosingState, allowed: readonly Transition[]): Set<ClosingState> {
  const reached = new Set<ClosingState>([from]);
  for (const state of reached) {
    for (const name of leaving(state)) if (allowed.includes(name)) reached.add(transitions[name].to);
  }
  return reached;
}

describe('the life of a closing', () => {
  test('from pending every state can be reached', () => {
    expect([...reachable('pending', names)].toSorted()).toEqual(closingStates.toSorted());
  });

  test('no state is a trap: from each a closing can be decided again or has its survey', () => {
    for (const state of closingStates) expect(leaving(state)).not.toEqual([]);
  });

  test('transitions lead from and to states that exist', () => {
    for (const name of names) {
      expect(closingStates).toContain(transitions[name].to);
      for (const from of transitions[name].from) expect(closingStates).toContain(from);
    }
  });

  test('allows follows the table', () => {
    for (const name of names) {
      const from = transitions[name].from as readonly ClosingState[];
      for (const state of closingStates) expect(allows(name, state)).toBe(from.includes(state));
    }
  });
});

test('whatever became of a closing since, an answer to a message that left is taken', () => {
  const takes = (state: ClosingState): boolean =>
    (['answer', 'answer_earlier'] as const).filter((name) => allows(name, state)).length === 1;
  expect(closingStates.filter((state) => !takes(state))).toEqual([]);
});

describe('at most one message', () => {
  test('it leaves only when it was scheduled and marked', () => {
    expect(entering('sending')).toEqual(['leave']);
    expect(transitions.leave.from).toEqual(['scheduled']);
  });

  test('only a proof makes it sent, and only a customer makes it answered', () => {
    expect(entering('sent')).toEqual(['confirm']);
    expect(transitions.confirm.from).toEqual(['sending', 'uncertain']);
    expect(entering('answered')).toEqual(['answer', 'answer_earlier', 'answer_unasked']);
    expect(transitions.answer.from).not.toContain('pending');
  });

  test('an answered survey stays answered', () => {
    expect(leaving('answered').toSorted()).toEqual(['answer']);
    expect(transitions.answer.to).toBe('answered');
  });

  test('an answer to a message in doubt ends the waiting for a second one, and nothing else', () => {
    expect(transitions.answer_earlier.from.toSorted()).toEqual([
      'failed',
      'pending',
      'scheduled',
      'suppressed',
    ]);
    expect(transitions.answer_earlier.to).toBe('answered');
  });

  test('an answer that a person records ends whatever has not begun to leave', () => {
    expect(transitions.answer_unasked.from.toSorted()).toEqual([
      'failed',
      'pending',
      'scheduled',
      'suppressed',
    ]);
  });

  test('a sent one can only be answered', () => {
    expect(leaving('sent').toSorted()).toEqual(['answer']);
  });

  test('nobody knows whether it left: evidence or a person settles it, nothing else', () => {
    expect(leaving('uncertain').toSorted()).toEqual(['answer', 'confirm', 'resend']);
  });

  test('once it may have left, no road leads to a second one but a person, or a proof that it did not', () => {
    const excused: Transition[] = ['resend', 'resume', 'fail'];
    const usual = names.filter((name) => !excused.includes(name));
    for (const state of surveyedStates) {
      const after = reachable(state, usual);
      expect(after.has('pending') || after.has('scheduled')).toBe(false);
    }
  });

  test('a decision not to send never hides a message that may have left', () => {
    for (const state of surveyedStates) expect(allows('suppress', state)).toBe(false);
    for (const state of surveyedStates) expect(allows('schedule', state)).toBe(false);
  });
});

describe('what a state means', () => {
  test('a survey exists from the moment in which it may have left', () => {
    expect(surveyedStates.toSorted()).toEqual(['answered', 'sending', 'sent', 'uncertain']);
  });

  test('the address is held from the moment in which it is scheduled', () => {
    expect(reservingStates.toSorted()).toEqual(['answered', 'scheduled', 'sending', 'sent', 'uncertain']);
  });

  test('suppressed and failed closings hold nothing and can be retried', () => {
    for (const state of ['suppressed', 'failed'] as const) {
      expect(reservingStates).not.toContain(state);
      expect(allows('retry', state)).toBe(true);
    }
    expect(transitions.retry.to).toBe('pending');
  });
});
