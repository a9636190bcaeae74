import { expect, test } from 'vitest';
import { contactEventsOfReports } from '../../src/sources/contact-events.ts';
import { all, clientOf, localGladly } from '../gladly/local-gladly.ts';

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
  const [events] = await all(contactEventsOfReports(clientOf(gladly.origin), question));
  expect(events).toMatchObject([
    {
      type: 'CONTACT/MESSAGE_SENT',
      contactId: 'k1',
      channel: 'EMAIL',
      initiator: { id: 'a1', type: 'AGENT' },
    },
  ]);
});
