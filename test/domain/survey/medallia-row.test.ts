import { expect, test } from 'vitest';
import {
  hasAnswer,
  saysDoNotSend,
  saysYes,
  starsOf,
  type MedalliaRow,
} from '../../../src/domain/survey/medallia-row.ts';

const sentAt = '2026-11-22T10:00:00.000Z';

test.each([
  ['Not sent: do not send', true],
  ['  not_sent (DO_NOT_SEND)', true],
  ['NotSent - DoNotSend', true],
  ['not-sent: do-not-send flag', true],
  ['Not sent: suppression period', false],
  ['Not sentenced, do not send', false],
  ['Sent, although it was not sent: do not send', false],
  ['do not send', false],
  ['', false],
  [null, false],
])('the status %j says that nobody was to be asked: %s', (status, expected) => {
  expect(saysDoNotSend(status)).toBe(expected);
});

test('an answer that counts has a time and stars, and is no recovery', () => {
  const row = (parts: Partial<MedalliaRow>): MedalliaRow =>
    ({ answeredAt: sentAt, rating: 4, isRecovery: false, ...parts }) as MedalliaRow;
  expect(hasAnswer(row({}))).toBe(true);
  expect([{ answeredAt: null }, { rating: null }, { isRecovery: true }].map(row).map(hasAnswer)).toEqual([
    false,
    false,
    false,
  ]);
});

test.each([
  ['Yes', true],
  [' yes, it is ', true],
  ['true', true],
  ['Y', true],
  ['1', true],
  ['Sí', true],
  ['si', true],
  ['Ja', true],
  ['oui', true],
  ['No', false],
  ['false', false],
  ['n', false],
  ['0', false],
  [' Nein!', false],
  ['non', false],
  // Words that only begin alike.
  ['yesterday', null],
  ['January', null],
  ['none', null],
  ['oh yes', null],
  ['oh no', null],
  ['', null],
  [null, null],
])('%j says yes: %j', (text, expected) => expect(saysYes(text)).toBe(expected));

test('stars are whole numbers from 1 to 5', () => {
  expect([1, 3, 5].map(starsOf)).toEqual([1, 3, 5]);
  expect([0, 6, 2.5, -1, Number.NaN, null].map(starsOf)).toEqual(Array(6).fill(null));
});
