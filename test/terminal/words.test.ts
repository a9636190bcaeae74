import { describe, expect, test } from 'vitest';
import { colorLevel } from '../../src/terminal/color.ts';
import { suggest } from '../../src/terminal/suggest.ts';
import { localTime } from '../../src/domain/values/local-time.ts';
import { readableTimes } from '../../src/terminal/readable-times.ts';

describe('colorLevel', () => {
  test.each([
    [undefined, {}, true, 1],
    [undefined, {}, false, 0],
    [undefined, { TERM: 'dumb' }, true, 0],
    [false, { FORCE_COLOR: '1' }, true, 0],
    [undefined, { NO_COLOR: '1', FORCE_COLOR: '1' }, true, 0],
    [undefined, { NO_COLOR: '' }, true, 1],
    [undefined, { FORCE_COLOR: '1' }, false, 1],
    [undefined, { FORCE_COLOR: 'true' }, false, 1],
    [undefined, { FORCE_COLOR: '3' }, false, 3],
    [undefined, { FORCE_COLOR: '0' }, true, 0],
  ])('--no-color %s, %j, terminal %s: %i', (color, env, isTerminal, level) => {
    expect(colorLevel(color, env, isTerminal)).toBe(level);
  });
});

describe('suggest', () => {
  test.each([
    ['shwo', 'show'],
    ['sruveys', 'surveys'],
    ['--profil', '--profile'],
    ['SUPPRESSIONDAY', 'suppressionDays'],
    ['foo', null],
    ['completely-else', null],
  ])('%s: %s', (word, expected) => {
    expect(suggest(word, ['show', 'set', 'surveys', '--profile', 'suppressionDays'])).toBe(expected);
  });
});

describe('localTime', () => {
  test.each([
    ['2026-11-22T10:00:00.000Z', 'Europe/Berlin', '2026-11-22 11:00 GMT+1'],
    ['2026-07-01T23:30:00.000Z', 'Europe/Berlin', '2026-07-02 01:30 GMT+2'],
    ['2026-11-22T00:00:00.000Z', 'UTC', '2026-11-22 00:00 UTC'],
    ['2026-11-22T10:00:00.000Z', null, '2026-11-22 10:00 UTC'],
    ['2026-11-22T10:00:00.000Z', 'Nowhere/Land', '2026-11-22 10:00 UTC'],
    [null, 'UTC', '-'],
    ['yesterday', 'UTC', 'yesterday'],
  ])('%s in %s', (time, zone, expected) => {
    expect(localTime(time, zone)).toBe(expected);
  });
});

describe('readableTimes', () => {
  test.each([
    [
      'from 2026-11-22T10:00:00.000Z until 2026-11-22T11:00Z',
      'from 2026-11-22 11:00 GMT+1 until 2026-11-22 12:00 GMT+1',
    ],
    ['since (2026-11-22T10:00:00Z) is late', 'since (2026-11-22 11:00 GMT+1) is late'],
    ['use `gcsat backfill --since 2026-11-22T10:00:00.000Z`', null],
    ['The closing c-1@2026-11-22T10:00:00.000Z is sent', null],
    ["--since '2026-11-22T10:00:00Z' is out of range", null],
    ['GCSAT_SINCE=2026-11-22T10:00:00Z', null],
    ['nothing to read', null],
  ])('%s', (sentence, expected) => {
    expect(readableTimes(sentence, 'Europe/Berlin')).toBe(expected ?? sentence);
  });
});
