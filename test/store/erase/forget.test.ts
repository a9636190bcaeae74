import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { addressKey } from '../../../src/domain/eligibility/addresses.ts';
import { addressHistory } from '../../../src/store/addresses/history.ts';
import {
  isUnsubscribed,
  listUnsubscribes,
  resubscribe,
  unsubscribe,
} from '../../../src/store/addresses/unsubscribes.ts';
import { recordAnswer } from '../../../src/store/answers/answers.ts';
import { beginCard, cardsOf, markCardPosted } from '../../../src/store/answers/cards.ts';
import { cardPostLock, cardsDue } from '../../../src/store/answers/cards-due.ts';
import { closingById } from '../../../src/store/closings/closings.ts';
import { recordEvents } from '../../../src/store/closings/events.ts';
import { recordReopening } from '../../../src/store/closings/reopenings.ts';
import { forget, inventoryOf } from '../../../src/store/erase/forget.ts';
import { rememberMediaFile } from '../../../src/store/erase/media-files.ts';
import { forgetExpired } from '../../../src/store/erase/retention.ts';
import { openErasures } from '../../../src/store/erase/to-dos.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { claimClosing, releaseClaim } from '../../../src/store/queue/claims.ts';
import { claimNextDue } from '../../../src/store/queue/next-due.ts';
import { confirmSent, resendClosing, retryClosing } from '../../../src/store/queue/acts.ts';
import { decideClosing, recordDelivery, recordFailure } from '../../../src/store/queue/decisions.ts';
import { takeLock } from '../../../src/store/queue/locks.ts';
import { personalData, type TableClass } from '../../../src/store/schema/personal-data.ts';
import { story } from '../../../src/store/views/story.ts';
import { closingIdsOfCustomer } from '../../../src/workflow/operator/surveys.ts';
import { closingsIn } from '../../support/ledger.ts';
import { at, day, freshLedger, here, leaving, reported, scheduled, toSend, onFiles } from '../support.ts';

const canary = 'CANARY';
const email = `Kim.${canary}@bücher.example`;
const key = addressKey(email);
const customer = { id: `id-${canary}`, name: `Kim ${canary}`, email, phone: '+1 (415) 555-0100' };
const who = (typed: string) => ({ customerId: typed, address: addressKey(typed) });
const options = { at: at(100), keepCards: false };

const evidence = {
  conversation: {
    status: 'CLOSED',
    createdAt: null,
    closedAt: at(0),
    closing: 'c1',
    assignedAgentId: 'agent-2',
    assignedAgentName: 'Lee',
    inbox: { id: 'inbox-1', name: 'Support' },
    topics: [{ id: 'topic-1', name: 'Billing' }],
  },
  attribution: {
    agent: { id: 'agent-1', name: 'Amy', email: 'amy@acme.example' },
    itemId: `item-${canary}`,
    itemType: 'EMAIL',
    channel: 'email',
    respondedAt: at(-10),
    confidence: 'exact' as const,
    considered: [
      {
        itemId: `item-${canary}`,
        type: 'EMAIL',
        initiator: 'AGENT',
        agentId: 'agent-1',
        agentName: 'Amy',
        at: at(-10),
        counts: true,
        why: canary,
      },
    ],
    omitted: null,
  },
  timeline: null,
  recordings: [{ itemId: `call-${canary}`, status: 'AVAILABLE', durationSeconds: 4, bytes: 9 }],
};
const agent = { id: 'agent-1', name: 'Amy', email: 'amy@acme.example' };
const reading = { readAt: at(5), evidence, customer, agent, customerId: customer.id };

/** A closing of the customer that is read and scheduled. */
async function asked(ledger: Ledger, conversationId: string, closedAtSeconds = 0) {
  const closing = await reported(ledger, conversationId, closedAtSeconds);
  const input = { closingId: closing.id, worker: here, at: at(10), address: key, since: at(-day), reading };
  return decideClosing(ledger, input, () => toSend(closing.id, at(10)));
}

/** An answered closing, with its card, a recording, and a failure on the way. */
async function answered(ledger: Ledger) {
  const { id } = await leaving(ledger, 'c1', { address: key });
  await ledger.write('ledger', (trx) =>
    trx
      .updateTable('closings')
      .set({
        evidence: JSON.stringify(evidence),
        customer: JSON.stringify(customer),
        customer_id: customer.id,
        agent: JSON.stringify(agent),
        email_key: key,
        phone_key: addressKey(customer.phone),
      })
      .where('id', '=', id)
      .execute(),
  );
  const refused = { code: 'refused', message: `no such user ${email}`, hint: `ask ${canary}` };
  await recordDelivery(ledger, id, at(12), { status: 'uncertain', failure: refused }, 0);
  await recordDelivery(ledger, id, at(13), { status: 'sent', externalId: `external-${canary}` }, 0);
  await releaseClaim(ledger, id, here);
  const surveyId = `survey-${id}`;
  const words = { resolved: true, comment: `I am ${canary}`, at: at(20), source: 'page' };
  await recordAnswer(ledger, { surveyId, closingId: id, rating: 2, ...words });
  const card = { itemId: 'card-1', surveyId, revision: 1, customerId: customer.id };
  await beginCard(ledger, { ...card, body: JSON.stringify({ body: canary }) });
  await markCardPosted(ledger, card, at(21));
  const file = { path: `/media/${canary}.mp3`, customerId: customer.id, at: at(22) };
  await rememberMediaFile(ledger, { ...file, closingId: id });
  return id;
}

/** Everything that the ledger's files hold. */
function bytesOf(ledger: Ledger): string {
  const folder = dirname(ledger.location);
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('');
}

describe('a customer who is forgotten', () => {
  test('leaves counts and ratings, and nothing else in any file of the ledger', async () => {
    const ledger = await freshLedger();
    const id = await answered(ledger);
    const other = await scheduled(ledger, 'c9', { address: 'lee@example.com' });
    await unsubscribe(ledger, key, at(30), 'page');
    onFiles(() => expect(bytesOf(ledger)).toContain(canary));
    const forgetting = await forget(ledger, who(customer.id), options);
    expect(forgetting).toMatchObject({
      done: true,
      inventory: {
        messages: 1,
        answers: 1,
        cards: ['card-1'],
        subject: { recordings: [`/media/${canary}.mp3`] },
      },
    });
    const { closing, history, messages, answers, cards } = await story(ledger, id);
    expect(closing).toMatchObject({
      conversationId: 'c1',
      closedAt: at(0),
      state: 'answered',
      agent,
      sentAt: at(13),
      customer: null,
      customerId: null,
      surveyUrl: null,
      externalId: null,
      forgottenAt: at(100),
      evidence: {
        conversation: { inbox: { id: 'inbox-1' }, topics: [{ id: 'topic-1', name: 'Billing' }] },
        attribution: { channel: 'email', agent: { id: 'agent-1' }, considered: [] },
        recordings: [],
      },
    });
    expect(answers).toMatchObject([{ rating: 2, resolved: true, comment: null, answeredAt: at(20) }]);
    expect(messages).toMatchObject([{ outcome: 'sent', externalId: null, error: null }]);
    expect(cards).toMatchObject([{ itemId: 'card-1', customerId: '', body: '' }]);
    expect(history.map(({ to }) => to)).toEqual(['scheduled', 'sending', 'uncertain', 'sent', 'answered']);
    expect(await closingById(ledger, other.id)).toEqual(other);
    for (const { kind, name } of await openErasures(ledger, null, 9)) {
      await ledger.write('ledger', (trx) =>
        trx.deleteFrom('erasures').where('kind', '=', kind).where('name', '=', name).execute(),
      );
    }
    expect(await ledger.compact()).toBe(true);
    onFiles(() => {
      expect(bytesOf(ledger).toLowerCase()).not.toContain(canary.toLowerCase());
      expect(bytesOf(ledger)).toContain('lee@example.com');
    });
  });

  onFiles(() =>
    test('leaves nothing in free pages, either, whoever freed them', async () => {
      const ledger = await freshLedger();
      await asked(ledger, 'c1');
      const other = new DatabaseSync(ledger.location);
      other.exec(`
      PRAGMA secure_delete = OFF;
      INSERT INTO directories (kind, id, body, fetched_at)
      SELECT 'x', value, '${canary}' || hex(zeroblob(9000)), '' FROM json_each('[1, 2, 3, 4, 5, 6, 7, 8]');
      DELETE FROM directories WHERE kind = 'x';
      PRAGMA wal_checkpoint(TRUNCATE)`);
      other.close();
      await forget(ledger, who(email), options);
      expect(bytesOf(ledger)).toContain(canary);
      await ledger.compact();
      expect(bytesOf(ledger)).not.toContain(canary);
    }),
  );

  onFiles(() =>
    test('may still be in the log while somebody reads what was before, which is said', async () => {
      const ledger = await freshLedger();
      await asked(ledger, 'c1');
      const reader = new DatabaseSync(ledger.location, { readOnly: true });
      reader.exec('BEGIN; SELECT * FROM closings');
      await forget(ledger, who(email), options);
      expect(await ledger.compact(100)).toBe(false);
      reader.exec('COMMIT');
      expect(await ledger.compact(100)).toBe(true);
      expect(bytesOf(ledger)).not.toContain(canary);
      reader.close();
    }),
  );

  test.each([
    ['their id', customer.id],
    ['an address as people write it', `Kim <KIM.${canary}@BÜCHER.example>`],
    ['an address in punycode', `kim.${canary}@xn--bcher-kva.example`],
    ['a phone number', '+1 415.555.0100'],
  ])('is found by %s, with what is known of them otherwise', async (_, typed) => {
    const ledger = await freshLedger();
    await asked(ledger, 'c1');
    const unread = await reported(ledger, 'c2', 50);
    await ledger.write('ledger', (trx) =>
      trx.updateTable('closings').set({ customer_id: customer.id }).where('id', '=', unread.id).execute(),
    );
    await rememberMediaFile(ledger, {
      path: '/x.mp3',
      closingId: 'open',
      customerId: customer.id,
      at: at(1),
    });
    await unsubscribe(ledger, key, at(60), 'page');
    const { subject } = await inventoryOf(ledger, who(typed));
    expect(subject).toMatchObject({ customers: [customer.id], unsubscribed: [key], recordings: ['/x.mp3'] });
    expect(subject.closings).toHaveLength(2);
    expect((await inventoryOf(ledger, who('lee@example.com'))).subject.closings).toEqual([]);
  });

  test('is found by a number as an earlier version kept it', async () => {
    const ledger = await freshLedger();
    await asked(ledger, 'c1');
    const typed = '001 (415) 555-0100';
    await ledger.write('ledger', (trx) => trx.updateTable('closings').set({ phone_key: typed }).execute());
    expect((await inventoryOf(ledger, who(typed))).subject.closings).toHaveLength(1);
    expect(await closingIdsOfCustomer(ledger, typed)).toHaveLength(1);
    expect(addressKey(typed)).toBe('+14155550100');
  });

  test('is asked about nothing that waited, and nothing brings it back', async () => {
    const ledger = await freshLedger();
    const closing = await asked(ledger, 'c1');
    expect(await forget(ledger, who(key), options)).toMatchObject({
      done: true,
      inventory: { cancelled: 1 },
    });
    const forgotten = await closingById(ledger, closing.id);
    expect(forgotten).toMatchObject({
      state: 'suppressed',
      reasons: [{ code: 'forgotten' }],
      customerId: null,
    });
    // The webhook comes a minute late and twice; a worker was in the middle of the closing; a person acts.
    const event = { kind: 'closed', conversationId: 'c1', customerId: customer.id, seenAt: at(110) } as const;
    expect(await recordEvents(ledger, [{ ...event, closedAt: at(0) }], 'live')).toEqual(['known']);
    expect(await recordEvents(ledger, [{ ...event, closedAt: at(30) }], 'live')).toEqual(['known']);
    const input = { closingId: closing.id, worker: here, at: at(120), address: key, since: null, reading };
    const answer = { rating: 1, resolved: null, comment: canary, at: at(130), source: 'page' };
    const card = {
      itemId: 'i',
      surveyId: `survey-${closing.id}`,
      revision: 1,
      customerId: 'x',
      body: canary,
    };
    const failure = { code: 'x', message: canary, hint: '' };
    for (const late of [
      () => decideClosing(ledger, input, () => toSend(closing.id, at(120))),
      () => decideClosing(ledger, input, () => ({ suppress: [{ code: 'no_address', detail: canary }] })),
      () => recordFailure(ledger, closing.id, here, at(120), failure, null),
      () => retryClosing(ledger, closing.id, at(120)),
      () => resendClosing(ledger, closing.id, at(120)),
      () => recordAnswer(ledger, { surveyId: `survey-${closing.id}`, closingId: closing.id, ...answer }),
      () => beginCard(ledger, card),
      () => rememberMediaFile(ledger, { path: '/x', closingId: closing.id, customerId: 'x', at: at(120) }),
    ]) {
      await expect(late()).rejects.toMatchObject({ code: 'closing_forgotten', scope: 'contention' });
    }
    expect(await closingById(ledger, closing.id)).toEqual(forgotten);
    expect(await claimNextDue(ledger, here, at(day), 'live')).toBeNull();
    expect(await cardsDue(ledger, 9, at(day))).toEqual([]);
    // A separate closing can be claimed.
    await recordReopening(ledger, { conversationId: 'c1', reopenedAt: at(200) });
    expect(await recordEvents(ledger, [{ ...event, closedAt: at(300) }], 'live')).toEqual(['new']);
    expect(await claimNextDue(ledger, here, at(day), 'live')).toMatchObject({ customerId: customer.id });
  });

  test('stays so where one row turns out to have been two closings', async () => {
    const ledger = await freshLedger();
    const closing = await asked(ledger, 'c1');
    const second = { conversationId: 'c1', customerId: customer.id, closedAt: at(50), seenAt: at(51) };
    await recordEvents(ledger, [{ kind: 'closed', ...second }], 'live');
    await forget(ledger, who(key), options);
    const { changed } = await recordReopening(ledger, { conversationId: 'c1', reopenedAt: at(20) });
    expect(changed.find(({ id }) => id !== closing.id)).toMatchObject({
      state: 'suppressed',
      forgottenAt: at(100),
      customerId: null,
      reasons: [{ code: 'forgotten' }],
    });
  });

  test('is not asked again by being forgotten', async () => {
    const ledger = await freshLedger();
    await answered(ledger);
    await unsubscribe(ledger, '+14155550100', at(30), 'operator');
    await forget(ledger, who(customer.id), options);
    const question = { since: at(0), lane: 'live', except: null } as const;
    const { others } = await addressHistory(ledger, { ...question, address: key });
    expect(others).toMatchObject([{ conversationId: 'c1', state: 'answered' }]);
    expect(await isUnsubscribed(ledger, '+14155550100')).toBe(true);
    expect(await isUnsubscribed(ledger, '+14155550101')).toBe(false);
    expect(await listUnsubscribes(ledger)).toMatchObject([
      { address: expect.stringMatching(/^hash:/), at: at(30) },
    ]);
    // The customer's word counts, in either form of the number.
    expect(await unsubscribe(ledger, '+14155550100', at(200), 'page')).toMatchObject({ isNew: false });
    expect(await resubscribe(ledger, '+14155550100')).toBe(true);
    expect(await isUnsubscribed(ledger, '+14155550100')).toBe(false);
    expect((await inventoryOf(ledger, who(email))).subject).toMatchObject({
      closings: [],
      wasForgotten: true,
    });
    // Each ledger has hashes of its own.
    const [mine, theirs] = await Promise.all(
      [ledger, await freshLedger()].map((one) =>
        one.read((db) => db.selectFrom('address_keys').select('key').executeTakeFirstOrThrow()),
      ),
    );
    expect(mine?.key).toMatch(/^[0-9a-f]{64}$/);
    expect(mine).not.toEqual(theirs);
  });

  test('waits for a message that is leaving, and cancels the rest meanwhile', async () => {
    const ledger = await freshLedger();
    const sending = await leaving(ledger, 'c1', { address: key });
    const waiting = await scheduled(ledger, 'c2', { address: key });
    await unsubscribe(ledger, 'lee@example.com', at(30), 'page');
    expect(await forget(ledger, who(key), { ...options, at: at(15) })).toMatchObject({ done: false });
    expect((await closingById(ledger, waiting.id))?.state).toBe('suppressed');
    expect((await closingById(ledger, sending.id))?.forgottenAt).toBeNull();
    await recordDelivery(ledger, sending.id, at(20), { status: 'sent', externalId: canary }, 0);
    expect(await forget(ledger, who(key), options)).toMatchObject({ done: true });
    expect(await closingById(ledger, sending.id)).toMatchObject({ state: 'sent', externalId: null });
  });

  test('waits for a card that is on its way', async () => {
    const ledger = await freshLedger();
    const id = await answered(ledger);
    await takeLock(ledger, cardPostLock(`survey-${id}`), here, at(99));
    expect(await forget(ledger, who(key), options)).toMatchObject({ done: false });
    expect((await closingById(ledger, id))?.customer).toEqual(customer);
  });

  test('of whom a message is in doubt, is counted as that, and evidence settles it', async () => {
    const ledger = await freshLedger();
    const dead = { host: here.host, pid: 2 ** 22 + 1, startedAt: '1' };
    const { id } = await leaving(ledger, 'c1', { address: key, worker: dead });
    await forget(ledger, who(key), options);
    expect(await closingById(ledger, id)).toMatchObject({
      state: 'uncertain',
      error: { code: 'send_interrupted' },
    });
    // The process was only frozen, and goes on.
    await recordDelivery(ledger, id, at(200), { status: 'sent', externalId: canary }, 0);
    const { closing, messages } = await story(ledger, id);
    expect(closing).toMatchObject({ state: 'sent', sentAt: at(12), externalId: null });
    expect(messages).toMatchObject([{ outcome: 'sent', externalId: null }]);
    const other = await leaving(ledger, 'c2', { address: key, worker: dead });
    await forget(ledger, who(key), options);
    await confirmSent(ledger, other.id, at(300), canary);
    expect(JSON.stringify(await story(ledger, other.id))).not.toContain(canary);
  });

  test('of whom a trial is about to be written, gets none', async () => {
    const ledger = await freshLedger();
    const dead = { host: here.host, pid: 2 ** 22 + 1, startedAt: '1' };
    const { id } = await leaving(ledger, 'c1', { address: key, worker: dead, provider: 'outbox' });
    const { done } = await forget(ledger, who(key), options);
    expect(done).toBe(true);
    expect((await closingById(ledger, id))?.state).toBe('suppressed');
    expect(await openErasures(ledger, null, 9)).toMatchObject([
      { kind: 'message', name: `survey-${id}` },
      { kind: 'remnants' },
    ]);
  });

  test('whose answer belongs to no closing, is erased by the id on its card', async () => {
    const ledger = await freshLedger();
    const answer = { rating: 4, resolved: null, comment: canary, at: at(0), source: 'post' };
    await recordAnswer(ledger, { surveyId: 's1', closingId: null, ...answer });
    await beginCard(ledger, {
      itemId: 'i1',
      surveyId: 's1',
      revision: 1,
      customerId: customer.id,
      body: canary,
    });
    expect(await forget(ledger, who(customer.id), { ...options, keepCards: true })).toMatchObject({
      done: true,
    });
    expect(await cardsOf(ledger, 's1')).toMatchObject([{ body: '', customerId: '' }]);
    expect((await openErasures(ledger, null, 9)).map(({ kind }) => kind)).toEqual(['remnants']);
    const dump = await ledger.read((db) => db.selectFrom('answers').selectAll().execute());
    expect(dump).toMatchObject([{ rating: 4, comment: null }]);
  });

  test('twice changes nothing', async () => {
    const ledger = await freshLedger();
    await answered(ledger);
    await forget(ledger, who(customer.id), options);
    const before = await closingsIn(ledger);
    await forget(ledger, who(customer.id), { ...options, at: at(200) });
    await forget(ledger, who(key), { ...options, at: at(200) });
    expect(await closingsIn(ledger)).toEqual(before);
  });
});

test('no column that is personal keeps its value', async () => {
  const ledger = await freshLedger();
  const id = await answered(ledger);
  await recordAnswer(ledger, {
    ...{ surveyId: `survey-${id}`, closingId: id, rating: 1, resolved: false },
    ...{ comment: `more of ${canary}`, at: at(25), source: 'page' },
  });
  const valuesOf = async (): Promise<Record<string, unknown>[]> => {
    const all: Record<string, unknown>[] = [];
    for (const [table, { columns }] of Object.entries<TableClass>(personalData)) {
      for (const [column, what] of Object.entries(columns)) {
        if (what === 'kept') continue;
        const { rows } = await ledger.read((db) =>
          sql<{ value: unknown }>`SELECT ${sql.ref(column)} AS value FROM ${sql.table(table)}`.execute(db),
        );
        all.push({ column: `${table}.${column}`, values: rows.map(({ value }) => value) });
      }
    }
    return all;
  };
  const before = JSON.stringify(await valuesOf());
  expect(before).toContain(canary);
  await forget(ledger, who(key), options);
  expect(JSON.stringify(await valuesOf()).toLowerCase()).not.toContain(canary.toLowerCase());
});

describe('what is older than it is kept', () => {
  test('is forgotten, the oldest first, a few at once', async () => {
    const ledger = await freshLedger();
    for (let index = 0; index < 60; index += 1) await asked(ledger, `c${index}`, index);
    const busy = await claimClosing(ledger, `c3@${at(3)}`, here, at(day));
    expect(busy.claimed).toBe(true);
    await unsubscribe(ledger, 'max@example.com', at(5), 'page');
    await unsubscribe(ledger, 'lee@example.com', at(58), 'page');
    expect(await forgetExpired(ledger, at(55), at(day))).toBe(51);
    expect(await forgetExpired(ledger, at(55), at(day))).toBe(4);
    expect(await forgetExpired(ledger, at(55), at(day))).toBe(0);
    const kept = (await closingsIn(ledger)).filter(({ forgottenAt }) => forgottenAt === null);
    expect(kept.map(({ conversationId }) => conversationId)).toEqual([
      'c59',
      'c58',
      'c57',
      'c56',
      'c55',
      'c3',
    ]);
    expect(await listUnsubscribes(ledger)).toMatchObject([
      { address: 'lee@example.com' },
      { address: expect.stringMatching(/^hash:/) },
    ]);
    expect(await closingById(ledger, `c9@${at(9)}`)).toMatchObject({
      state: 'suppressed',
      reasons: [{ code: 'forgotten' }],
    });
    // The file is rewritten later, once for everything that expires.
    expect(await openErasures(ledger, at(day), 9)).toEqual([]);
    expect(await openErasures(ledger, at(2 * day), 9)).toMatchObject([{ kind: 'remnants' }]);
  });

  test('leaves the cards in Gladly', async () => {
    const ledger = await freshLedger();
    const id = await answered(ledger);
    expect(await forgetExpired(ledger, at(1), at(day))).toBe(1);
    expect((await openErasures(ledger, null, 9)).map(({ kind }) => kind)).toEqual(['recording', 'remnants']);
    expect(await cardsOf(ledger, `survey-${id}`)).toMatchObject([{ state: 'posted', body: '' }]);
  });
});
