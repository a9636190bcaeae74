import { expect, test } from 'vitest';
import { recordAnswer } from '../../../src/store/answers/answers.ts';
import { addNote } from '../../../src/store/answers/notes.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import type { ClosingFilter } from '../../../src/store/views/closing-filter.ts';
import { countListed, listClosings } from '../../../src/store/views/surveys.ts';
import { at, evidence, freshLedger, leaving, moved, reported } from '../support.ts';

async function listed(ledger: Ledger, filter: ClosingFilter): Promise<string[]> {
  const found: string[] = [];
  for await (const { closing } of listClosings(ledger, filter, at(500))) found.push(closing.conversationId);
  expect(await countListed(ledger, filter)).toBe(found.length);
  return found;
}

interface Given {
  agent?: string;
  inbox?: string;
  topics?: string[];
  channel?: string;
  ratings?: number[];
  comment?: string;
  answeredAt?: number;
}

async function answered(ledger: Ledger, conversationId: string, given: Given): Promise<string> {
  const { agent: agentId = 'a1', inbox = 'in1', topics = [], channel = 'email', ratings = [] } = given;
  const { id } = await leaving(ledger, conversationId);
  const agent = { id: agentId, name: null, email: null };
  const { conversation, ...rest } = evidence('CLOSED');
  await moved(ledger, id, 'confirm', at(20), {
    sentAt: at(20),
    agent,
    evidence: {
      ...rest,
      conversation: {
        ...conversation,
        inbox: { id: inbox, name: null },
        topics: topics.map((topic) => ({ id: topic, name: null })),
      },
      attribution: {
        agent,
        itemId: null,
        itemType: 'EMAIL',
        channel,
        respondedAt: at(0),
        confidence: 'exact',
        considered: [],
        omitted: null,
      },
    },
  });
  for (const [index, rating] of ratings.entries()) {
    await recordAnswer(ledger, {
      surveyId: `survey-${id}`,
      closingId: id,
      rating,
      resolved: null,
      comment: given.comment ?? null,
      at: at((given.answeredAt ?? 30) + index),
      source: 'page',
    });
  }
  return id;
}

test('each filter leaves what it says, alone and together with others', async () => {
  const ledger = await freshLedger();
  const first = await answered(ledger, 'c1', {
    topics: ['t1', 't2'],
    ratings: [1],
    comment: 'Too SLOW 100%',
  });
  await answered(ledger, 'c2', {
    agent: 'a2',
    inbox: 'in2',
    topics: ['t2'],
    ratings: [1, 5],
    comment: 'Slow, then fine',
  });
  await answered(ledger, 'c3', { agent: 'a2', channel: 'sms', ratings: [2], answeredAt: 90 });
  await answered(ledger, 'c4', { channel: 'chat' });
  await reported(ledger, 'c5');
  const cases: [ClosingFilter, string[]][] = [
    [{}, ['c5', 'c4', 'c3', 'c2', 'c1']],
    [{ agentIds: ['a2'] }, ['c3', 'c2']],
    [{ agentIds: ['a1', 'a2'] }, ['c4', 'c3', 'c2', 'c1']],
    [{ agentIds: ['nobody'] }, []],
    [{ inboxIds: ['in2'] }, ['c2']],
    [{ channels: ['sms', 'chat'] }, ['c4', 'c3']],
    [{ topicIds: ['t1', 't2'] }, ['c2', 'c1']],
    [{ topicIds: ['t1', 't2'], limit: 1 }, ['c2']],
    [{ topicIds: ['t2'], agentIds: ['a1'] }, ['c1']],
    [{ states: ['answered'], topicIds: ['t2'], inboxIds: ['in1'] }, ['c1']],
    [{ states: ['sent'], agentIds: ['a1'] }, ['c4']],
    // The newest revision counts.
    [{ ratings: [1] }, ['c1']],
    [{ ratings: [1, 2, 5] }, ['c3', 'c2', 'c1']],
    [{ ratings: [1, 2], agentIds: ['a2'] }, ['c3']],
    [{ ratings: [1, 2, 3, 4, 5], comment: 'slow' }, ['c2', 'c1']],
    [{ ratings: [1, 2, 3, 4, 5], comment: '' }, ['c2', 'c1']],
    [{ ratings: [1, 2, 3, 4, 5], comment: '0%' }, ['c1']],
    [{ ratings: [1, 2, 3, 4, 5], comment: '_' }, []],
    [{ answeredSince: at(31) }, ['c3', 'c2']],
    [{ answeredSince: at(31), ratings: [1, 2] }, ['c3']],
    [{ answeredUntil: at(31) }, ['c1']],
    [{ answeredUntil: at(32), ratings: [1, 2, 3, 4, 5] }, ['c2', 'c1']],
    [{ answeredSince: at(30), answeredUntil: at(31) }, ['c1']],
    [{ answeredSince: at(31), answeredUntil: at(90) }, ['c2']],
    [{ answeredSince: at(90), answeredUntil: at(91), ratings: [2] }, ['c3']],
    [{ answeredSince: at(91), answeredUntil: at(400) }, []],
    [{ sentSince: at(20), sentUntil: at(21) }, ['c4', 'c3', 'c2', 'c1']],
    [{ sentSince: at(20), ratings: [2] }, ['c3']],
    [{ sentSince: at(21) }, []],
    [{ sentUntil: at(20) }, []],
    [{ ids: [first] }, ['c1']],
    [{ ids: [first], ratings: [2] }, []],
    [{ ratings: [1, 2], open: true }, ['c3', 'c1']],
    [{ ratings: [1], since: at(0), until: at(1) }, ['c1']],
    [{ ratings: [1], since: at(1) }, []],
  ];
  for (const [filter, conversations] of cases) {
    const found = filter.limit === undefined ? await listed(ledger, filter) : await limited(ledger, filter);
    expect([filter, found]).toEqual([filter, conversations]);
  }
});

async function limited(ledger: Ledger, filter: ClosingFilter): Promise<string[]> {
  const found: string[] = [];
  for await (const { closing } of listClosings(ledger, filter, at(500))) found.push(closing.conversationId);
  return found;
}

test('a low rating is open until a note says done, and again once the customer changes the answer', async () => {
  const ledger = await freshLedger();
  const id = await answered(ledger, 'c1', { ratings: [1] });
  const open = (): Promise<string[]> => listed(ledger, { ratings: [1, 2], open: true });
  await addNote(ledger, id, { at: at(40), text: 'called', done: false });
  expect(await open()).toEqual(['c1']);
  await addNote(ledger, id, { at: at(50), text: 'refunded', done: true });
  expect(await open()).toEqual([]);
  const changed = {
    surveyId: `survey-${id}`,
    closingId: id,
    rating: 2,
    resolved: false,
    comment: 'still bad',
  };
  await recordAnswer(ledger, { ...changed, at: at(60), source: 'page' });
  expect(await open()).toEqual(['c1']);
  await addNote(ledger, id, { at: at(70), text: 'called again', done: true });
  expect(await open()).toEqual([]);
});
