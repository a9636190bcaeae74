import fc from 'fast-check';
import { trialOf } from '../../../src/domain/closing/identity.ts';
import { describe, expect, test } from 'vitest';
import {
  bareToken,
  linkKeyOf,
  makeToken,
  readToken,
  surveyIdOf,
  surveyLinks,
} from '../../../src/domain/survey/token.ts';

const key = Buffer.alloc(32, 7);
const otherKey = Buffer.alloc(32, 8);
const surveyId = surveyIdOf('conversation-1@2026-11-22T10:00:00.000Z');
const token = makeToken(key, 'survey', surveyId);
/** The token without its end. */
const signed = token.slice(0, 44);

describe('the survey of a closing', () => {
  test('is the same whenever it is asked for, and another for another closing', () => {
    expect(surveyIdOf('c1@2026-11-22T10:00:00.000Z')).toBe(surveyIdOf('c1@2026-11-22T10:00:00.000Z'));
    expect(surveyIdOf('c1@2026-11-22T10:00:00.001Z')).not.toBe(surveyIdOf('c1@2026-11-22T10:00:00.000Z'));
    expect(surveyIdOf('c2@2026-11-22T10:00:00.000Z')).not.toBe(surveyIdOf('c1@2026-11-22T10:00:00.000Z'));
  });

  test('is URL-safe and tells nothing of the conversation, whatever its id is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (closingId) => {
        expect(surveyIdOf(closingId)).toMatch(/^[A-Za-z0-9_-]{22}$/);
      }),
    );
    expect(surveyIdOf('amy@acme.com')).not.toContain('amy');
  });

  test('is another one for the trial of the same closing', () => {
    expect(surveyIdOf(trialOf('c1'))).not.toBe(surveyIdOf('c1'));
    expect(surveyIdOf(trialOf('c1'))).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });
});

describe('a token', () => {
  test('opens its survey', () => {
    expect(readToken(key, 'survey', token)).toBe(surveyId);
    expect(token).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  test('every survey has its own', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        const made = makeToken(key, 'survey', surveyIdOf(one));
        expect(readToken(key, 'survey', made)).toBe(surveyIdOf(one));
        expect(made === makeToken(key, 'survey', surveyIdOf(other))).toBe(one === other);
      }),
    );
  });

  test('is refused with any single character changed, except the one that only ends it', () => {
    const alphabet = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
    const others = alphabet.concat('=', '+', '/', '.', '%', ' ', '\0', '\n', 'ä', '😀');
    for (let position = 0; position < signed.length; position += 1) {
      for (const character of others.filter((one) => one !== token[position])) {
        const forged = token.slice(0, position) + character + token.slice(position + 1);
        expect(readToken(key, 'survey', forged)).toBeNull();
      }
    }
    for (const character of alphabet.filter((one) => !'0-_'.includes(one))) {
      expect(readToken(key, 'survey', signed + character)).toBeNull();
    }
  });

  test('is refused shorter, longer or with its halves exchanged', () => {
    for (let length = 0; length < signed.length; length += 1) {
      expect(readToken(key, 'survey', token.slice(0, length))).toBeNull();
      expect(readToken(key, 'survey', token.slice(token.length - length))).toBeNull();
    }
    for (const added of ['A', '0', token]) expect(readToken(key, 'survey', token + added)).toBeNull();
    for (const added of ['A', '0', '_', token, '=', '.', '\0', '%', '3', '=3', '3D3D', '<<'])
      expect(readToken(key, 'survey', added + token)).toBeNull();
    const half = signed.length / 2;
    expect(readToken(key, 'survey', token.slice(half) + token.slice(0, half))).toBeNull();
  });

  test('ends with a digit, which programs that look for links keep', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('survey', 'unsubscribe'), (closingId, purpose) => {
        expect(makeToken(key, purpose, surveyIdOf(closingId))).toMatch(/^[\w-]{44}0$/);
      }),
    );
  });

  test.each([
    '',
    '>',
    '.',
    ').',
    ',',
    '/',
    '=3D',
    '"',
    '&gt;',
    '…',
    '?',
    "'",
    '.\n-- \nAcme',
    '\u2014 thanks',
    '\u2013',
    ' Reply STOP',
    ' Danke',
    '\n\nUnsubscribe',
    '\r\n0800 1234567',
    '\u00a0A',
    ' https://csat.acme.com/s/',
    ' _',
    '</a>',
    '</a></p> Acme',
    '_',
    '__',
    '-',
    '_, thanks',
  ])('opens its survey with %j after it', (rest) => {
    expect(readToken(key, 'survey', token + rest)).toBe(surveyId);
    // How links of earlier versions end, and links that lost the last character.
    expect(readToken(key, 'survey', signed + rest)).toBe(surveyId);
  });

  // Chats write emphasis with underscores, and texts go on after a link with hyphens.
  test.each(['_', '__', '_.', '*_', '-', '--', '_)'])('opens its survey with %j after its end', (rest) => {
    expect(readToken(key, 'survey', token + rest)).toBe(surveyId);
    expect(bareToken(token + rest)).toBe(token);
  });

  test.each([
    '\n',
    '\r\n',
    ' ',
    '=\r\n',
    '\r\n ',
    '\n> ',
    '\r\n> > ',
    '=\r\n>> ',
    '\u200b',
    '\u00ad',
    '\u00a0',
  ])('opens its survey broken by %j anywhere', (lineBreak) => {
    for (let position = 0; position <= token.length; position += 1) {
      const broken = token.slice(0, position) + lineBreak + token.slice(position);
      expect(readToken(key, 'survey', broken)).toBe(surveyId);
      expect(readToken(key, 'survey', `${broken} Reply STOP`)).toBe(surveyId);
      expect(bareToken(`${broken}\nThanks`)).toBe(token);
    }
  });

  test('is none without its last character, whatever words follow', () => {
    for (const rest of [' Reply STOP', '\nDanke', '</a>', ' _', ''])
      expect(readToken(key, 'survey', signed.slice(0, -1) + rest)).toBeNull();
  });

  test('is looked for in time that grows with the text, and no faster', () => {
    for (const unit of ['\n> ', '=\n', ' >', 'a ', '> ', '_', '\u200b', '='])
      expect(readToken(key, 'survey', unit.repeat(20_000))).toBeNull();
  });

  test.each(['3D', '=3D', '<', '"', '\u201c', '('])('opens its survey with %j before it', (start) => {
    expect(readToken(key, 'survey', start + token)).toBe(surveyId);
    expect(readToken(key, 'survey', `${start}${signed}>`)).toBe(surveyId);
  });

  test('opens its survey with the hyphens of word processors', () => {
    const found = Array.from({ length: 500 }, (_, number) => surveyIdOf(`c${number}`)).map((id) => ({
      id,
      made: makeToken(key, 'survey', id),
    }));
    for (const [dash, hyphens] of [
      ['\u2010', '-'],
      ['\u2011', '-'],
      ['\u2013', '-'],
      ['\u2212', '-'],
      ['\u2014', '--'],
    ] as const) {
      const { id, made } = found.find((one) => one.made.includes(hyphens))!;
      expect(readToken(key, 'survey', made.replaceAll(hyphens, dash))).toBe(id);
    }
  });

  test('is found without what a mail program made of it, and any other text stays', () => {
    for (const written of [signed, `<${token}>.`, ` ${token}`]) expect(bareToken(written)).toBe(token);
    for (const other of ['', 'no token', `${token}${token}`]) expect(bareToken(other)).toBe(other);
  });

  test('is for one purpose', () => {
    expect(readToken(key, 'unsubscribe', token)).toBeNull();
    expect(readToken(key, 'survey', makeToken(key, 'unsubscribe', surveyId))).toBeNull();
    expect(readToken(key, 'unsubscribe', makeToken(key, 'unsubscribe', surveyId))).toBe(surveyId);
  });

  test('is of one key', () => {
    expect(readToken(otherKey, 'survey', token)).toBeNull();
    expect(readToken(Buffer.alloc(0), 'survey', token)).toBeNull();
  });

  test('is of one organization and lane', () => {
    const keyOf = (origin: string, lane: 'live' | 'trial') => linkKeyOf(key, origin, lane);
    const [own, ...others] = [
      keyOf('https://acme.gladly.com', 'live'),
      keyOf('https://acme.gladly.com', 'trial'),
      keyOf('https://acme.gladly.qa', 'live'),
      linkKeyOf(otherKey, 'https://acme.gladly.com', 'live'),
      key,
    ];
    const made = makeToken(own, 'survey', surveyId);
    expect(readToken(own, 'survey', made)).toBe(surveyId);
    for (const other of others) expect(readToken(other, 'survey', made)).toBeNull();
  });

  test('is for one survey: the signature of another does not fit', () => {
    const other = makeToken(key, 'survey', surveyIdOf('another'));
    expect(readToken(key, 'survey', token.slice(0, 22) + other.slice(22))).toBeNull();
  });

  test('any text that we did not make is refused', () => {
    const lookalike = fc.string({
      unit: fc.constantFrom('a', 'b', 'Y', 'Z', '0', '9', '-', '_'),
      minLength: token.length,
      maxLength: token.length,
    });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), lookalike), (text) => {
        expect(readToken(key, 'survey', text)).toBeNull();
      }),
    );
  });
});

describe('the links of a message', () => {
  test.each(['https://csat.acme.com', 'https://csat.acme.com/', 'https://csat.acme.com//'])(
    'below %s',
    (base) => {
      const links = surveyLinks(base, key, surveyId);
      expect(links.survey).toBe(`https://csat.acme.com/s/${token}`);
      expect(links.unsubscribe).toBe(`https://csat.acme.com/u/${makeToken(key, 'unsubscribe', surveyId)}`);
      expect(links.ratings).toEqual([1, 2, 3, 4, 5].map((stars) => `${links.survey}?rating=${stars}`));
    },
  );

  test('a path in the public address stays', () => {
    expect(surveyLinks('https://acme.com/csat/', key, surveyId).survey).toBe(
      `https://acme.com/csat/s/${token}`,
    );
  });
});
