import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Problem, refused } from '../../src/gladly/http/errors.ts';
import { readErrors } from '../../src/gladly/http/refusal.ts';
import { conversationShape } from '../../src/gladly/resources/conversations.ts';
import { customerShape } from '../../src/gladly/resources/customers.ts';
import { read, readAll, readOne } from '../../src/gladly/resources/fields.ts';
import { createdItemShape } from '../../src/gladly/resources/items.ts';
import {
  agentShape,
  inboxShape,
  organizationShape,
  topicShape,
} from '../../src/gladly/resources/organization.ts';
import { webhookShape } from '../../src/gladly/resources/webhooks.ts';
import { conversation } from '../gladly/local-gladly.ts';
import { proofTimeoutMs } from './extent.ts';
import { holds } from './property.ts';

const subject = { operation: 'any', host: 'acme.gladly.com', noun: 'conversation', id: 'c1' };

const agent = { id: 'a1', name: 'Maria Lopez', emailAddress: 'maria@acme.example' };
const topic = { id: 't1', name: 'Returns', parentId: 't0', disabled: false };
const inbox = { id: 'i1', name: 'Support' };
const organization = { id: 'o1', name: 'Acme', timezone: 'America/Los_Angeles', loginDomain: 'acme' };
const customer = {
  id: 'u1',
  name: 'Kim',
  emails: [{ original: 'Kim@Example.org', normalized: 'kim@example.org', primary: true }],
  phones: [
    { original: '555', normalized: '+15555550142', primary: false, type: 'MOBILE', smsPreference: 'ON' },
  ],
};
const webhook = {
  id: 'w1',
  name: 'gcsat',
  url: 'https://csat.example.com/webhooks/gladly',
  events: ['CONVERSATION/CLOSED', 'CONVERSATION/REOPENED'],
  enabled: true,
  hasCredentials: true,
  headerKeys: ['X-Key'],
  disabledAtDueToRetryLimit: null,
};
const item = { id: 'm1', timestamp: '2026-11-22T10:00:00Z', content: {}, customerId: 'u1' };
const errors = {
  errors: [{ attr: 'customer', code: 'moved', detail: 'kim@example.org moved', target: { id: 'u2' } }],
};

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(
    null,
    '',
    'x',
    0,
    -1,
    1e300,
    true,
    [],
    {},
    [[]],
    [{}],
    [null],
    '__proto__',
    '\0',
    '🦊',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

type Change = { at: number[]; how: 'replace' | 'leave out' | 'twice' | 'add'; what: unknown };

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.array(fc.nat(20), { maxLength: 4 }),
  how: fc.constantFrom('replace', 'replace', 'leave out', 'twice', 'add'),
  what: odd,
});

/** The document with a change at the place that the numbers lead to. */
function changed(document: unknown, { at: [next, ...rest], how, what }: Change): unknown {
  const isInner = typeof document === 'object' && document !== null && Object.keys(document).length > 0;
  if (next === undefined || !isInner) return what;
  const names = Object.keys(document);
  const name = names[next % names.length]!;
  const inner = (document as Record<string, unknown>)[name];
  const copy: unknown[] | Record<string, unknown> = Array.isArray(document)
    ? [...(document as unknown[])]
    : { ...document };
  if (rest.length > 0) return Object.assign(copy, { [name]: changed(inner, { at: rest, how, what }) });
  if (how === 'replace') return Object.assign(copy, { [name]: what });
  if (Array.isArray(copy)) {
    if (how === 'leave out') copy.splice(Number(name), 1);
    else copy.push(how === 'twice' ? inner : what);
    return copy;
  }
  if (how === 'leave out') return Object.fromEntries(Object.entries(copy).filter(([key]) => key !== name));
  copy[how === 'twice' ? `${name}2` : 'more'] = how === 'twice' ? inner : what;
  return copy;
}

/** The document as JSON from a server that is almost Gladly. */
const almost = (document: unknown): fc.Arbitrary<unknown> =>
  fc
    .oneof(
      {
        weight: 9,
        arbitrary: fc.array(change, { maxLength: 4 }).map((all) => all.reduce(changed, document)),
      },
      { weight: 1, arbitrary: odd },
    )
    .map((sent) => JSON.parse(JSON.stringify(sent ?? null)) as unknown);

/** The value that was read; null for a Problem with a hint. Nothing else may be thrown. */
function readOrRefused<Read>(read: () => Read): Read | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Problem) || error.failure.hint === '') throw error;
    expect(error.failure.message).not.toContain('kim@example.org');
    return null;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An id as it is read: text, or a number as text; null for anything else and for blank text. */
const idOf = (value: unknown): string | null => {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : null;
};

/** A topic's name and parent decide whether a survey is sent, so a topic with an unreadable one is left out. */
function isSureTopic({ name = null, parentId = null }: Record<string, unknown>): boolean {
  const isTextLike = (value: unknown): boolean =>
    value === null || typeof value === 'string' || typeof value === 'number';
  const isSureParent = isTextLike(parentId) || (isRecord(parentId) && idOf(parentId['id']) !== null);
  return isTextLike(name) && isSureParent;
}

/** Expects that every time that was read has our format. */
function expectTimes(...times: readonly (string | null)[]): void {
  for (const time of times) if (time !== null) expect(new Date(time).toISOString()).toBe(time);
}

describe('an answer of Gladly', { timeout: proofTimeoutMs }, () => {
  test('with a conversation is read with all of its topics, or is a problem', () => {
    const sent = { ...conversation, topicIds: ['t1', 't2', 't3'] };
    let usable = 0;
    holds(
      fc.property(almost(sent), (given) => {
        const found = readOrRefused(() => read(conversationShape, given, subject));
        if (found === null) return;
        usable += 1;
        const source = given as Record<string, unknown>;
        expect([found.id, found.customerId]).toEqual([idOf(source['id']), idOf(source['customerId'])]);
        const { topicIds = null } = source;
        const named = topicIds === null ? [] : (topicIds as unknown[]).map(idOf).filter((id) => id !== null);
        expect(found.topicIds).toEqual(named);
        expectTimes(found.createdAt, found.closedAt);
      }),
    );
    // The property proves nothing unless some conversations can be read.
    expect(usable).toBeGreaterThan(0);
  });

  test.each([
    ['agents', agent, agentShape],
    ['topics', topic, topicShape],
    ['inboxes', inbox, inboxShape],
    ['webhooks', webhook, webhookShape],
  ] as const)(
    'with a list of %s is read with every entry that has an id, or is a problem',
    (what, entry, shape) => {
      const list = [entry, { ...entry, id: 'other' }, { ...entry, id: 'third' }];
      holds(
        fc.property(almost(list), (given) => {
          const found = readOrRefused<{ id: string }[]>(() => readAll(shape, given, subject));
          if (found === null) {
            expect(Array.isArray(given)).toBe(false);
            return;
          }
          const usable = (given as unknown[])
            .filter(isRecord)
            .filter((one) => what !== 'topics' || isSureTopic(one));
          const ids = usable.map((one) => idOf(one['id']));
          expect(found.map(({ id }) => id)).toEqual(ids.filter((id) => id !== null));
        }),
      );
    },
  );

  test('with one object is read as that object, or is a problem', () => {
    const cases = [
      almost(customer).map((given) => () => readOne(customerShape, given, subject, 'u9')),
      almost(agent).map((given) => () => readOne(agentShape, given, subject, 'a9')),
      almost(topic).map((given) => () => readOne(topicShape, given, subject, 't9')),
      almost(webhook).map((given) => () => readOne(webhookShape, given, subject, 'w9')),
    ];
    holds(
      fc.property(fc.oneof(...cases), (read) => {
        const found = readOrRefused<{ id: string }>(read);
        if (found !== null) expect(found.id).not.toBe('');
      }),
    );
    holds(
      fc.property(almost(organization), almost(item), (one, other) => {
        const found = readOrRefused(() => read(organizationShape, one, subject));
        for (const value of Object.values(found ?? {}))
          expect(value === null || typeof value === 'string').toBe(true);
        readOrRefused(() => read(createdItemShape, other, subject));
      }),
    );
  });

  test('with a customer has every address that can be read, and no others', () => {
    holds(
      fc.property(almost(customer), (given) => {
        const found = readOrRefused(() => readOne(customerShape, given, subject, 'u9'));
        if (found === null) return;
        const { emails } = given as Record<string, unknown>;
        const entries = Array.isArray(emails) ? emails.filter(isRecord) : [];
        expect(found.emails).toHaveLength(entries.length);
        for (const { original, normalized } of found.emails) {
          for (const text of [original, normalized])
            expect(text === null || typeof text === 'string').toBe(true);
        }
      }),
    );
  });

  test('that refuses is a known problem, whatever it contains, and repeats no address', () => {
    const body = fc.oneof(
      almost(errors).map((body) => JSON.stringify(body)),
      almost(errors).map((body) => JSON.stringify(body).slice(0, -2)),
      fc.string({ unit: 'binary', maxLength: 200 }),
    );
    const status = fc.oneof(
      fc.integer({ min: 300, max: 599 }),
      fc.constantFrom(400, 401, 403, 404, 409, 429, 503),
    );
    holds(
      fc.property(body, status, (text, code) => {
        const found = readErrors(text);
        const problem = refused(subject, {
          status: code,
          errors: found,
          isPage: false,
          location: null,
          retryAfterMs: null,
        });
        expect(problem).toBeInstanceOf(Problem);
        const { message, hint } = problem.failure;
        expect(hint).not.toBe('');
        expect(message).not.toContain('kim@example.org');
        expect(message).not.toMatch(/\p{Cc}/u);
      }),
    );
  });
});
