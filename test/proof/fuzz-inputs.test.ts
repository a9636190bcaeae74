import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCommandLine } from '../../src/commands/program/parse.ts';
import { configFile } from '../../src/config/config-file.ts';
import { InvalidValue } from '../../src/config/invalid-value.ts';
import { formatPolicyValue, parsePolicyValue } from '../../src/config/policy.ts';
import { checkProfileValue } from '../../src/config/profile-values.ts';
import { resolveSettings } from '../../src/config/resolve.ts';
import { policyKeys, profileKeys } from '../../src/config/setting-keys.ts';
import { defaultPolicy } from '../../src/domain/eligibility/policy.ts';
import { Failure } from '../../src/failure.ts';
import { Problem } from '../../src/gladly/http/errors.ts';
import { eventsOf } from '../../src/gladly/resources/events.ts';
import { recordsOf } from '../../src/gladly/resources/report-table.ts';
import { readWebhookEvent } from '../../src/gladly/resources/webhook-events.ts';
import { addressSet, clientAddress, limitKey } from '../../src/server/client-address.ts';
import { chooseLanguage } from '../../src/server/pages/accept-language.ts';
import { proofTimeoutMs } from './extent.ts';
import { holds, holdsLater } from './property.ts';

const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ maxLength: 30 }),
  fc.constantFrom('', ' ', '\0', '\n', '-', '--', '1e999', '-1', '0', 'NaN', '🦊'.repeat(20), '__proto__'),
);

/** Whether the work is refused. It may throw only errors that are allowed. */
async function refusalOf(
  work: () => unknown,
  allowed: (error: unknown) => boolean,
): Promise<{ refused: boolean }> {
  try {
    await work();
    return { refused: false };
  } catch (error) {
    if (!allowed(error)) throw error;
    return { refused: true };
  }
}

const isFailure =
  (...kinds: string[]) =>
  (error: unknown): boolean =>
    error instanceof Failure && kinds.includes(error.kind) && error.hint !== '';

describe('a command line', { timeout: proofTimeoutMs }, () => {
  const known = [
    'replay', 'post', 'backfill', 'sync', 'surveys', 'list', 'show', 'retry', 'attribute', 'configure', 'set',
    'sandbox', 'completion', 'bash', 'help', '--json', '--jsonl', '--since', '7d', '--rating', '5', '--comment',
    '--resolved=yes', '--', '-q', '-vv', '--profile', '--domain=acme', '--no-color', '--rate-share', '--dry-run',
    '--help', '--version', '-F4Cw738Hw6zdXSrU_PLnQ', 'suppressionDays=7',
  ]; // prettier-ignore

  test('is understood or is a usage error, whatever it is', async () => {
    await holdsLater(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.constantFrom(...known), word), { maxLength: 7 }),
        async (args) => {
          const sink = { version: '1.2.3', color: false, columns: 80, print: () => undefined };
          await refusalOf(() => parseCommandLine(args, sink), isFailure('usage'));
        },
      ),
    );
  });
});

describe('settings', { timeout: proofTimeoutMs }, () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gcsat-proof-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const secret = 'canary-of-a-secret';

  test('of any file are read, or refused without a word of the token', async () => {
    const profile = fc.record(
      {
        domain: fc.oneof(word, fc.constant('https://acme.gladly.com'), fc.jsonValue()),
        allowHost: fc.oneof(fc.boolean(), fc.jsonValue()),
        email: fc.oneof(word, fc.constant('api@example.com')),
        token: fc.constant(secret),
        values: fc.oneof(
          fc.dictionary(fc.constantFrom<string>(...profileKeys), fc.oneof(word, fc.integer())),
          fc.jsonValue(),
        ),
        policy: fc.oneof(
          fc.dictionary(fc.constantFrom<string>(...policyKeys), fc.oneof(word, fc.integer())),
          fc.jsonValue(),
        ),
        webhook: fc.jsonValue(),
      },
      { requiredKeys: ['token'] },
    );
    const content = fc.oneof(
      profile.map((one) => JSON.stringify({ profiles: { default: one } })),
      profile.map((one) => JSON.stringify({ profiles: { default: one } }).slice(0, -3)),
      fc.jsonValue().map((value) => JSON.stringify({ profiles: value, token: secret })),
      fc.json(),
      word,
    );
    await holdsLater(
      fc.asyncProperty(content, async (file) => {
        writeFileSync(configFile(folder), file);
        const env = { GCSAT_CONFIG_DIR: folder, GCSAT_DATA_DIR: folder };
        await refusalOf(
          () => resolveSettings({ flags: {}, env }),
          (error) => {
            expect(String(error)).not.toContain(secret);
            return isFailure('configuration', 'usage')(error);
          },
        );
      }),
    );
  });

  test('as texts are taken or refused, and a policy is read again as it was written', async () => {
    const durations = fc.constantFrom(
      '7d',
      '36h',
      '90m',
      '30',
      '21:00-08:00',
      'off',
      'a, b',
      '50',
      'en',
      '#aabbcc',
    );
    await holdsLater(
      fc.asyncProperty(
        fc.constantFrom(...policyKeys),
        fc.constantFrom(...profileKeys),
        fc.oneof(word, durations),
        async (policyKey, profileKey, text) => {
          const invalid = (error: unknown): boolean => error instanceof InvalidValue;
          await refusalOf(() => checkProfileValue(profileKey, text), invalid);
          await refusalOf(() => {
            const value = parsePolicyValue(policyKey, text);
            const written = formatPolicyValue(policyKey, { ...defaultPolicy, [policyKey]: value });
            expect(parsePolicyValue(policyKey, written)).toEqual(value);
          }, invalid);
        },
      ),
    );
  });
});

/** The bytes in pieces, cut anywhere. */
async function* pieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array, void> {
  let from = 0;
  for (const cut of [...cuts].sort((one, other) => one - other)) {
    const to = Math.min(cut, bytes.length);
    if (to > from) yield bytes.slice(from, to);
    from = Math.max(from, to);
  }
  yield bytes.slice(from);
}

async function all<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const list: Value[] = [];
  for await (const value of values) list.push(value);
  return list;
}

const cuts = fc.array(fc.nat(400), { maxLength: 4 });
const asked = { operation: 'any', host: 'acme.gladly.com', noun: null, id: null };
const isProblem = (error: unknown): boolean => error instanceof Problem && error.failure.hint !== '';

describe('what Gladly streams', { timeout: proofTimeoutMs }, () => {
  const cell = fc.oneof(word, fc.constantFrom('a,b', '"', 'two\nlines', '=1+1', '2026-11-22 10:00:00'));
  const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;

  test('as CSV gives every row as it was written but for white space around a cell, whatever stands in it', async () => {
    const rows = fc.array(fc.tuple(cell, cell), { maxLength: 6 });
    await holdsLater(
      fc.asyncProperty(rows, fc.boolean(), cuts, async (given, reversed, where) => {
        const headings = ['Timestamp', 'Conversation ID'];
        const lines = [headings, ...given].map((row) =>
          (reversed ? [...row].reverse() : row).map(quoted).join(','),
        );
        const bytes = Buffer.from(`${lines.join('\r\n')}\r\n`, 'utf8');
        const read = await all(recordsOf(pieces(bytes, where), headings, asked));
        const wellFormed = (text: string): string => Buffer.from(text, 'utf8').toString('utf8').trim();
        expect(read).toEqual(
          given.map(([time, id]) => ({ Timestamp: wellFormed(time), 'Conversation ID': wellFormed(id) })),
        );
      }),
    );
  });

  test('as CSV is a report or a known problem, whatever it is', async () => {
    const junk = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .array(fc.oneof(cell, fc.constantFrom(',', '\n', 'Timestamp,Conversation ID\n')), { maxLength: 20 })
        .map((parts) => Buffer.from(parts.join(''), 'utf8')),
    );
    await holdsLater(
      fc.asyncProperty(junk, cuts, async (bytes, where) => {
        await refusalOf(
          () => all(recordsOf(pieces(bytes, where), ['Timestamp', 'Conversation ID'], asked)),
          isProblem,
        );
      }),
    );
  });

  test('as lines of JSON gives every event, or tells that one is none', async () => {
    const event = fc.record({
      id: fc.uuid(),
      type: fc.constantFrom('CONVERSATION/CLOSED', 'CONTACT/STARTED', 'NEW/KIND'),
      timestamp: fc.constantFrom('2026-11-22T10:00:00Z', '2026-11-22T10:00:00.123456789+02:00'),
      initiator: fc.oneof(fc.constant({ id: 'amy', type: 'AGENT' }), fc.jsonValue()),
      content: fc.oneof(fc.dictionary(word, fc.jsonValue(), { maxKeys: 3 }), fc.jsonValue()),
    });
    await holdsLater(
      fc.asyncProperty(fc.array(event, { maxLength: 5 }), cuts, async (events, where) => {
        const bytes = Buffer.from(events.map((one) => `${JSON.stringify(one)}\n`).join(''), 'utf8');
        const read = await all(eventsOf(pieces(bytes, where), asked));
        expect(read.map(({ id, type }) => ({ id, type }))).toEqual(
          events.map(({ id, type }) => ({ id, type })),
        );
      }),
    );
    await holdsLater(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.json(),
            word,
            event.map((one) => JSON.stringify(one)),
          ),
          { maxLength: 5 },
        ),
        cuts,
        async (lines, where) => {
          const bytes = Buffer.from(lines.join('\n'), 'utf8');
          await refusalOf(() => all(eventsOf(pieces(bytes, where), asked)), isProblem);
        },
      ),
    );
  });
});

describe('what comes from outside', { timeout: proofTimeoutMs }, () => {
  test('at the webhook is an event or a known refusal, and its ids are what was sent', async () => {
    const body = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          type: fc.oneof(
            fc.constantFrom('PING', 'CONVERSATION/CLOSED', 'CONVERSATION/REOPENED', 'CUSTOMER/MERGED'),
            fc.jsonValue(),
          ),
          id: fc.oneof(word, fc.jsonValue()),
          timestamp: fc.oneof(word, fc.constant('2026-11-22T10:00:00Z'), fc.jsonValue()),
          content: fc.oneof(
            fc.record({
              conversationId: fc.oneof(word, fc.integer()),
              customerId: fc.oneof(word, fc.jsonValue()),
            }),
            fc.jsonValue(),
          ),
        },
        { requiredKeys: [] },
      ),
    );
    await holdsLater(
      fc.asyncProperty(body, async (given) => {
        await refusalOf(
          () => {
            const event = readWebhookEvent(given);
            if (!('conversationId' in event)) return;
            const { content } = given as { content: { conversationId: unknown } };
            expect(event.conversationId).toBe(String(content.conversationId));
            if (event.at !== null) expect(new Date(event.at).toISOString()).toBe(event.at);
          },
          (error) => isFailure('contract')(error) && (error as Failure).code === 'webhook_event_invalid',
        );
      }),
    );
  });

  test('as Accept-Language chooses a language that the pages speak', () => {
    const entry = fc.oneof(
      word,
      fc.constantFrom('de', 'fr-CH;q=0.9', 'es;q=1', 'en-US', '*', 'x-y', 'de-u-ca-buddhist'),
    );
    holds(
      fc.property(
        fc.option(fc.array(entry, { maxLength: 40 }), { nil: null }),
        word,
        (entries, ofProfile) => {
          const header = entries?.join(',') ?? null;
          const { language, locale } = chooseLanguage(header, ofProfile);
          expect(['en', 'es', 'fr', 'de']).toContain(language);
          expect(() => new Intl.DateTimeFormat(locale)).not.toThrow();
        },
      ),
    );
  });

  test('as X-Forwarded-For names an address that a trusted proxy told, or the peer', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6());
    const hop = fc.oneof(
      address,
      word,
      address.map((one) => `${one}:443`),
      address.map((one) => `[${one}]:1`),
    );
    const trusted = addressSet(['10.0.0.0/8', '127.0.0.1', 'fd00::/8', '::1']);
    const peer = fc.oneof(address, fc.constantFrom('10.1.2.3', '127.0.0.1', 'fd00::1'));
    holds(
      fc.property(peer, fc.option(fc.array(hop, { maxLength: 5 }), { nil: null }), (from, hops) => {
        const told = clientAddress(from, hops?.join(', '), trusted);
        expect(isIP(told), told).not.toBe(0);
        if (!trusted.has(from)) expect(told).toBe(from);
        expect(limitKey(told)).not.toBe('');
      }),
    );
  });
});
