import type { InLanguages, OwnQuestion } from '../../src/domain/eligibility/questionnaire.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidValue } from '../../src/config/invalid-value.ts';
import { formatPolicyValue, parsePolicyValue, policyFrom } from '../../src/config/policy.ts';
import { isPolicyKey, policyKeys, type PolicyKey } from '../../src/config/setting-keys.ts';
import { defaultPolicy, suppressions, type Policy } from '../../src/domain/eligibility/policy.ts';

const hour = 3_600_000;

describe('policy values', () => {
  test.each<[PolicyKey, string, unknown]>([
    ['maxAge', '30d', 720 * hour],
    ['delay', '36h', 36 * hour],
    ['delay', '90m', 1.5 * hour],
    ['delay', '45s', 45_000],
    ['delay', '0', 0],
    ['delay', ' 2H ', 2 * hour],
    ['optOutTopics', 'a, b ,,a', ['a', 'b']],
    ['excludedAgents', '', []],
    ['quietHours', '21:00-08:00', { from: 1260, until: 480 }],
    ['quietHours', '9:30 - 10:00', { from: 570, until: 600 }],
    ['quietHours', 'off', null],
    ['suppressionDays', '0', 0],
    ['sample', '12.5', 12.5],
    ['sample', '100', 100],
    ['lowRating', '3', 3],
    ['satisfiedFrom', '5', 5],
    ['language', 'pt-br', 'pt-BR'],
    ['companyName', ' Acme ', 'Acme'],
    ['companyName', '', null],
  ])('%s=%j', (key, text, value) => {
    expect(parsePolicyValue(key, text)).toEqual(value);
  });

  test.each<[PolicyKey, string]>([
    ['maxAge', '0'],
    ['maxAge', '30'],
    ['maxAge', '1d12h'],
    ['maxAge', '-1d'],
    ['maxAge', '99999d'],
    ['delay', 'soon'],
    ['delay', '1.5h'],
    ['retention', '23h'],
    ['retention', '0'],
    ['quietHours', '21:00'],
    ['quietHours', '24:00-08:00'],
    ['quietHours', '08:00-08:00'],
    ['sample', '101'],
    ['sample', '-1'],
    ['sample', ''],
    ['sample', '1e2'],
    ['suppressionDays', '1.5'],
    ['lowRating', '0'],
    ['satisfiedFrom', '0'],
    ['satisfiedFrom', '4.5'],
    ['lowRating', '6'],
    ['language', 'not a language'],
    ['companyName', 'Acme\nBcc: everybody'],
    ['greetCustomer', 'maybe'],
    ['questionText', 'How was {customer}?'],
    ['thanksText', 'Thanks, {agent}'],
    ['thanksText', 'two\nlines'],
    ['commentText', 'x'.repeat(301)],
    ['reasons', '["Slow", 1]'],
    ['reasons', '[["Slow"]]'],
    ['reasons', '[]'],
    ['reasons', '{}'],
    ['reasons', '{"en": "Slow"}'],
    ['reasons', '{"en": ["Slow"], "EN": ["Fast"]}'],
    ['reasons', '{"en": ["Slow", "Rude"], "de": ["Langsam"]}'],
    ['reasons', '{"__proto__": ["Slow"]}'],
    ['reasons', '["Slow"'],
    ['reasons', 'Slow, Slow'],
    ['reasons', 'Slow\u202e, Rude'],
    ['reasons', 'x'.repeat(101)],
    ['reasons', Array.from({ length: 13 }, (_, index) => `r${index}`).join(', ')],
    ['question', 'How was it?'],
    ['question', 'stars: How was it?'],
    ['question', 'scale:'],
    ['question', 'scale: Again? | Never'],
    ['question', 'scale: Again? | Never | Maybe | Always'],
    ['question', 'choice: Why? | One'],
    ['question', 'choice: Why? | One | One'],
    ['question', 'text: Why? | One | Two'],
    ['question', `text: ${'x'.repeat(301)}`],
    ['question', '{"kind": "text"}'],
    ['question', '{"kind": "text", "text": null}'],
    ['question', '{"kind": "text", "text": "Why?", "options": ["One", "Two"]}'],
    ['question', '{"kind": "scale", "text": "Why?", "most": 5}'],
    ['question', '{"kind": "choice", "text": {"en": "Why?"}, "options": {"de": ["Eins", "Zwei"]}}'],
    ['question', '{"kind": "choice", "text": {"en": "Why?"}, "options": {"en": ["One"]}}'],
    ['question', '{"kind": 7, "text": "Why?"}'],
  ])('%s=%j is refused', (key, text) => {
    expect(() => parsePolicyValue(key, text)).toThrow(InvalidValue);
  });

  test('what is formatted is read back as the same value', () => {
    const word = fc.stringMatching(/^[a-z0-9_@.+-]{1,12}$/);
    const list = fc.uniqueArray(word);
    const minute = fc.nat(1439);
    const seconds = fc.integer({ min: 1, max: 3650 * 86_400 }).map((count) => count * 1000);
    // Characters that could be taken for a separator, for JSON, or for another value.
    const sharp = fc.constantFrom(
      ',',
      '|',
      ':',
      '"',
      '[',
      '{',
      "'",
      '\\',
      ' ',
      'off',
      'é',
      '\u202f',
      '👍',
      'scale:',
    );
    const line = fc
      .array(fc.oneof(word, sharp), { minLength: 1, maxLength: 5 })
      .map((parts) => parts.join('').trim())
      .filter((text) => text !== '' && text.length <= 100);
    const options = (least: number) => fc.uniqueArray(line, { minLength: least, maxLength: 12 });
    const localized = <Value>(value: fc.Arbitrary<Value>) =>
      fc.oneof(
        value.map((one): InLanguages<Value> => ({ '': one })),
        value.map((one): InLanguages<Value> => ({ en: one, 'pt-BR': one })),
      );
    const question: fc.Arbitrary<OwnQuestion> = fc.oneof(
      fc.record({
        kind: fc.constant('scale' as const),
        text: localized(line),
        ends: fc.option(localized(fc.tuple(line, line))),
      }),
      fc.tuple(line, options(2)).map(([text, list]) => ({
        kind: 'choice' as const,
        text: { '': text },
        options: { '': list },
      })),
      fc.tuple(line, options(2)).map(([text, list]) => ({
        kind: 'choice' as const,
        text: { en: text, de: text },
        options: { en: list, de: list },
      })),
      fc.record({ kind: fc.constant('text' as const), text: localized(line) }),
    );
    const policy: fc.Arbitrary<Policy> = fc.record({
      optOutTopics: list,
      suppressionDays: fc.nat(3650),
      suppressBy: fc.constantFrom(...suppressions),
      maxAge: seconds,
      delay: fc.oneof(fc.constant(0), seconds),
      quietHours: fc.option(
        fc
          .tuple(minute, minute)
          .filter(([from, until]) => from !== until)
          .map(([from, until]) => ({ from, until })),
      ),
      sample: fc.nat(1000).map((tenth) => tenth / 10),
      excludedAgents: list,
      excludedInboxes: list,
      excludedChannels: fc.uniqueArray(fc.constantFrom('email', 'voice', 'PHONE_CALL', 'custom')),
      excludedCustomers: list,
      lowRating: fc.integer({ min: 1, max: 5 }),
      alertRating: fc.option(fc.integer({ min: 1, max: 5 })),
      alertFormat: fc.constantFrom('standard', 'slack'),
      alertPersonalData: fc.boolean(),
      alertMail: fc.option(fc.constantFrom('leads@acme.com', 'care+low@acme.example')),
      followUpTask: fc.boolean(),
      maxPerHour: fc.option(fc.integer({ min: 1, max: 10_000 })),
      reminderAfter: fc.option(seconds),
      bulkClosings: fc.option(fc.integer({ min: 1, max: 10_000 })),
      excludeClosedByRule: fc.boolean(),
      satisfiedFrom: fc.integer({ min: 1, max: 5 }),
      confirmSends: fc.integer({ min: 0, max: 99_999 }),
      surveyExpires: seconds,
      answerFinalAfter: seconds,
      retention: fc.option(fc.integer({ min: 1, max: 3650 }).map((days) => days * 86_400_000)),
      language: fc.constantFrom('en', 'es-MX', 'pt-BR'),
      companyName: fc.option(word),
      brandColor: fc.option(fc.stringMatching(/^#[0-9a-f]{6}$/)),
      greetCustomer: fc.boolean(),
      questionText: fc.option(word.map((text) => `${text} {agent}?`)),
      resolvedText: fc.option(word),
      commentText: fc.option(word),
      thanksTitle: fc.option(word),
      thanksText: fc.option(word),
      reasons: fc.option(localized(options(1))),
      question: fc.option(question),
      conversationLink: fc.constantFrom(
        '',
        defaultPolicy.conversationLink,
        'https://example.com/{conversationId}',
      ),
    });
    fc.assert(
      fc.property(policy, (given) => {
        const texts = Object.fromEntries(policyKeys.map((key) => [key, formatPolicyValue(key, given)]));
        expect(policyFrom(texts, parsePolicyValue)).toEqual(given);
      }),
    );
  });

  test('every key of the policy can be set, and no other', () => {
    expect([...policyKeys].sort()).toEqual(Object.keys(defaultPolicy).sort());
    for (const key of policyKeys) {
      const text = formatPolicyValue(key, defaultPolicy);
      expect(parsePolicyValue(key, text)).toEqual(defaultPolicy[key]);
    }
    expect(['toString', '__proto__', 'constructor', 'delivery'].filter(isPolicyKey)).toEqual([]);
  });
});
