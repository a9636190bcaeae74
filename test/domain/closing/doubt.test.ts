import { expect, test } from 'vitest';
import {
  asArgument,
  doubtHint,
  doubtsHint,
  inDoubt,
  settleCommand,
} from '../../../src/domain/closing/doubt.ts';

test('an id that begins with a dash is not read as an option', () => {
  expect(['-abc', 'abc-', 'a-b', ''].map(asArgument)).toEqual(['-- -abc', 'abc-', 'a-b', '']);
});

test('a person settles a message in doubt, either way', () => {
  expect(settleCommand('--was-sent', 'abc')).toBe('gcsat surveys retry --was-sent abc');
  expect(settleCommand('--not-sent', '-bc')).toBe('gcsat surveys retry --not-sent -- -bc');
});

test('the hint says where to look, and what to do in either case', () => {
  const hint = doubtHint('abc');
  expect(hint).toBe(
    "Look for the message on the customer's timeline in Gladly, or in the log of the mail server. " +
      'If it is there, run `gcsat surveys retry --was-sent abc`. ' +
      'Only if it is certainly not there, run `gcsat surveys retry --not-sent abc`, which sends it again.',
  );
  expect(doubtsHint).toContain('gcsat surveys show');
});

test('an error of a message in doubt has that hint, whatever hint it had', () => {
  const error = { code: 'timeout', message: 'No answer.', hint: 'Run it again.', status: 504 };
  expect(inDoubt(error, 'abc')).toEqual({
    code: 'timeout',
    message: 'No answer.',
    hint: doubtHint('abc'),
  });
});
