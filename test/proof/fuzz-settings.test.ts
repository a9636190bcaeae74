import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { ZodError } from 'zod';
import { afterAll, describe, expect, test } from 'vitest';
import { InvalidValue } from '../../src/config/invalid-value.ts';
import { parseAlertUrl } from '../../src/config/profile-values.ts';
import { resolveSettings } from '../../src/config/resolve.ts';
import { brandKeys } from '../../src/config/setting-keys.ts';
import { Failure } from '../../src/failure.ts';
import { readFeedbackRow } from '../../src/medallia/rows.ts';
import { proofTimeoutMs } from './extent.ts';
import { holds, holdsLater } from './property.ts';

const folder = mkdtempSync(join(tmpdir(), 'gcsat-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

const oddText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '=1+1',
    'Ünd',
    '__proto__',
    'constructor',
    '2026-11-30T10:00:00Z',
    '5',
    '-1',
    '1e999',
  ),
);

describe('an address for alerts', { timeout: proofTimeoutMs }, () => {
  const part = fc.oneof(
    oddText,
    fc.constantFrom(
      ...[
        'https://',
        'http://',
        'HTTPS:',
        'file://',
        'javascript:',
        '//',
        '@',
        ':',
        '#',
        '?',
        '/',
        '\\',
        '%00',
        '\t',
        '\n',
      ],
      ...[
        '127.0.0.1',
        'localhost',
        '[::1]',
        '0x7f.1',
        '169.254.169.254',
        'alerts.acme.com',
        'user:password',
        ':99999',
      ],
    ),
  );
  const address = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''));

  test('is one over TLS or of this machine, without a password, or is refused without being repeated', () => {
    holds(
      fc.property(fc.oneof(address, fc.webUrl(), fc.webUrl({ withFragments: true })), (text) => {
        try {
          const url = new URL(parseAlertUrl(text));
          const isHere = /^(?:127(?:\.\d+){3}|localhost|\[::1\])$/.test(url.hostname);
          expect(url.protocol === 'https:' || (url.protocol === 'http:' && isHere)).toBe(true);
          expect([url.username, url.password, url.hash]).toEqual(['', '', '']);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidValue);
          if (text.trim().length > 12) expect((error as Error).message).not.toContain(text.trim());
        }
      }),
    );
  });
});

describe('a row of Agent Connect', { timeout: proofTimeoutMs }, () => {
  const value = fc.oneof(
    oddText,
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const option = fc.record({ integer_value: value, option_text: value }, { requiredKeys: [] });
  const answer = fc.oneof(
    value,
    fc.record({
      selected_options: fc.oneof(value, fc.array(option), fc.dictionary(oddText, option)),
      comment: value,
    }),
  );
  const person = fc.oneof(value, fc.record({ email: value, custom_id: value, full_name: value }));
  const row = fc.record(
    {
      uuid: fc.oneof(fc.uuid(), value),
      sequence_id: fc.oneof(fc.nat(), value),
      ext_interaction_id: value,
      external_url: value,
      is_recovery: value,
      request_created_at: value,
      request_sent_at: value,
      request_delivery_status: value,
      response_received_at: value,
      employee: person,
      customer: person,
      answers: fc.oneof(
        value,
        fc.record({ agent_star_rating: answer, was_issue_resolved: answer, more: answer }),
      ),
      custom_properties: fc.oneof(value, fc.dictionary(oddText, value)),
    },
    { requiredKeys: [] },
  );
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

  test('has what it documents or nothing in each field, or is refused for its key alone', () => {
    holds(
      fc.property(fc.oneof(row, value), (given) => {
        let read;
        try {
          read = readFeedbackRow(given);
        } catch (error) {
          expect(error).toBeInstanceOf(ZodError);
          const fields = (error as ZodError).issues.map(({ path }) => path[0]);
          for (const field of fields) expect([undefined, 'uuid', 'sequence_id']).toContain(field);
          return;
        }
        expect(Number.isSafeInteger(read.sequence) && read.sequence >= 0).toBe(true);
        expect(read.uuid).not.toBe('');
        expect([null, 1, 2, 3, 4, 5]).toContain(read.rating);
        expect([null, true, false]).toContain(read.resolved);
        for (const at of [read.requestedAt, read.sentAt, read.deliveredAt, read.answeredAt]) {
          if (at !== null) expect(at).toMatch(time);
        }
        for (const text of [read.comment, read.employee.email, read.customer.email, read.deliveryStatus]) {
          if (text !== null) expect([text === text.trim(), text === '']).toEqual([true, false]);
        }
      }),
    );
  });
});

describe('the brands in a profile', { timeout: proofTimeoutMs }, () => {
  const value = fc.oneof(
    oddText,
    fc.constantFrom(
      '#0b6e4f',
      'de',
      'en',
      'https://care.acme.com',
      'Care <care@acme.com>',
      '/logo.png',
      'Orders, Returns',
    ),
    fc.integer(),
    fc.constant(null),
  );
  const brand = fc.oneof(
    value,
    fc.dictionary(fc.oneof(fc.constantFrom<string>(...brandKeys), oddText), value, { maxKeys: 4 }),
  );
  const brands = fc.oneof(
    value,
    fc.dictionary(fc.oneof(fc.constantFrom('one', 'Two', 'TWO', 'tw\u006F'), oddText), brand, { maxKeys: 3 }),
  );

  test('are taken whole, or the file is refused in words', async () => {
    const env = { GCSAT_CONFIG_DIR: folder, GCSAT_DATA_DIR: folder };
    let taken = 0;
    await holdsLater(
      fc.asyncProperty(brands, async (given) => {
        const profile = {
          domain: 'https://acme.gladly.com',
          email: 'api@acme.com',
          token: 't',
          brands: given,
        };
        const content = { version: 1, profiles: { default: profile } };
        writeFileSync(join(folder, 'config.json'), JSON.stringify(content), { mode: 0o600 });
        try {
          const { brands: resolved } = await resolveSettings({ flags: {}, env });
          taken += resolved.length;
          const inboxes = resolved.flatMap((one) => one.inboxes);
          expect(new Set(inboxes).size).toBe(inboxes.length);
          for (const { name } of resolved) expect(name).toMatch(/^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._-]*$/u);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
          const { kind, message } = error as Failure;
          expect(kind).toBe('configuration');
          expect(message).not.toMatch(/undefined|\[object|null is not/);
        }
      }),
    );
    expect(taken).toBeGreaterThan(0);
  });
});
