import { expect, test } from 'vitest';
import { contactEventsOfDay, contactEventsOfReports } from '../../src/sources/contact-events.ts';
import { all, clientOf, failureOf, localGladly } from '../gladly/local-gladly.ts';

test('the report needs only the columns that attribution reads', async () => {
  const gladly = await localGladly((_, response) =>
    response.end(
      'Timestamp,Event Type,Contact ID,Conversation ID,Channel,Initiator Type,Initiator ID\n' +
        '2026-11-20T08:00:00Z,CONTACT/MESSAGE_SENT,k1,c1,EMAIL,AGENT,a1\n' +
        '2026-11-20T09:00:00Z,CONTACT/MESSAGE_SENT,k2,c2,EMAIL,AGENT,a2\n',
    ),
  );
  const at = Date.parse('2026-11-20T10:00:00Z');
  const question = { conversationId: 'c1', since: at - 1000, until: at };
  const [stretch] = await all(contactEventsOfReports(clientOf(gladly.origin), question));
  expect(stretch?.since).toBe(Date.parse('2026-11-20T00:00:00Z'));
  expect(stretch?.events).toMatchObject([
    {
      type: 'CONTACT/MESSAGE_SENT',
      contactId: 'k1',
      channel: 'EMAIL',
      initiator: { id: 'a1', type: 'AGENT' },
    },
  ]);
});

const headings = 'Timestamp,Event Type,Contact ID,Conversation ID,Channel,Initiator Type,Initiator ID\n';
const until = Date.parse('2026-11-20T10:00:00Z');

test('days that may be cut are read in halves, the newer first', async () => {
  const asked: string[] = [];
  const other = '2026-11-18T08:00:00Z,CONTACT/ENDED,k,other,CHAT,SYSTEM,\n';
  const gladly = await localGladly((request, response) => {
    const { startAt, endAt } = JSON.parse(request.body) as { startAt: string; endAt: string };
    asked.push(`${startAt.slice(8)}-${endAt.slice(8)}`);
    response.end(
      `${headings}${other.repeat(startAt === '2026-11-16' && endAt === '2026-11-19' ? 90_000 : 1)}`,
    );
  });
  const question = { conversationId: 'c1', since: Date.parse('2026-11-16T00:00:00Z'), until };
  await all(contactEventsOfReports(clientOf(gladly.origin), question));
  expect(asked).toEqual(['20-20', '16-19', '18-19', '16-17']);
});

test('a day that may be cut names nobody, whatever it shows', async () => {
  const row = '2026-11-20T08:00:00Z,CONTACT/MESSAGE_SENT,k1,c1,EMAIL,AGENT,a1\n';
  const gladly = await localGladly((_, response) => response.end(`${headings}${row.repeat(90_000)}`));
  const question = { conversationId: 'c1', since: until - 1000, until };
  const failure = await failureOf(all(contactEventsOfReports(clientOf(gladly.origin), question)));
  expect([failure.kind, failure.code]).toEqual(['partial', 'report_incomplete']);
});

test.each([
  ['blanks around the cells', ' 2026-11-20T08:00:00Z , CONTACT/MESSAGE_SENT,k1 , c1,EMAIL\t,AGENT ,a1 '],
  ['words in other letters', '2026-11-20T08:00:00Z,Contact/Message_Sent,k1,c1,Email,Agent,a1'],
])('a row with %s is read as any other', async (_, row) => {
  const gladly = await localGladly((_request, response) => response.end(`${headings}${row}\n`));
  const question = { conversationId: 'c1', since: until - 1000, until };
  const [stretch] = await all(contactEventsOfReports(clientOf(gladly.origin), question));
  expect(stretch?.events).toMatchObject([
    {
      type: 'CONTACT/MESSAGE_SENT',
      contactId: 'k1',
      channel: 'EMAIL',
      initiator: { id: 'a1', type: 'AGENT' },
    },
  ]);
});

test('a row that says nothing about responses needs no time', async () => {
  const gladly = await localGladly((_, response) =>
    response.end(
      `${headings}0001-01-01T00:00:00Z,CONTACT/JOINED,k1,c1,EMAIL,AGENT,a2\n` +
        '2026-11-20T08:00:00Z,CONTACT/MESSAGE_SENT,k1,c1,EMAIL,AGENT,a1\n',
    ),
  );
  const question = { conversationId: 'c1', since: until - 1000, until };
  const [stretch] = await all(contactEventsOfReports(clientOf(gladly.origin), question));
  expect(stretch?.events).toHaveLength(1);
});

test('events are read alike, in whatever letters their words are', async () => {
  const event = {
    id: 'e1',
    type: 'Contact/Message_Sent',
    timestamp: '2026-11-20T08:00:00Z',
    initiator: { id: 'a1', type: 'Agent' },
    content: { conversationId: 'c1', contactId: 'k1', channel: 'email' },
  };
  const gladly = await localGladly((_, response) => response.end(`${JSON.stringify(event)}\n`));
  const question = { conversationId: 'c1', since: until - 1000, until };
  const own = { clock: () => until + 60_000, sleep: () => Promise.resolve() };
  const { since, events } = await contactEventsOfDay(clientOf(gladly.origin), question, own);
  expect(since).toBe(until - 1000);
  expect(events).toMatchObject([
    { type: 'CONTACT/MESSAGE_SENT', channel: 'EMAIL', initiator: { id: 'a1', type: 'AGENT' } },
  ]);
});
