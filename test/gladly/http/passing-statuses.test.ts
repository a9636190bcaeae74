import { describe, expect, test } from 'vitest';
import { clientOf, conversation, failureOf, json, localGladly, type Respond } from '../local-gladly.ts';

const refusing =
  (status: number): Respond =>
  (_, response) =>
    json(response, status, {});

const page =
  (status: number): Respond =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'text/html' });
    response.end('\n<html>No such page</html>');
  };

describe('a trouble that passes, whatever its status', () => {
  test.each([
    ['a request that timed out', refusing(408), 'gladly_unavailable'],
    ['a request that came too early', refusing(425), 'gladly_unavailable'],
    ['a web page with 404', page(404), 'not_an_answer'],
    ['a web page with 400', page(400), 'not_an_answer'],
  ])('%s is asked again, and in the end is temporary', async (_what, trouble, code) => {
    const gladly = await localGladly((request, response, number) =>
      number === 2 ? json(response, 200, conversation) : trouble(request, response, number),
    );
    const client = clientOf(gladly.origin);
    expect((await client.getConversation('c1')).id).toBe('c1');
    expect(gladly.received).toHaveLength(2);
    for (const ask of [
      () => client.getConversation('c1'),
      () => client.getAgent('a1'),
      () => client.deleteItem('i1'),
    ]) {
      const failure = await failureOf(ask());
      expect([failure.kind, failure.code]).toEqual(['temporary', code]);
    }
  });

  test.each([408, 423, 425])('a message that met %d did not leave, and may be sent later', async (status) => {
    const gladly = await localGladly((_, response) => json(response, status, {}));
    const mail = {
      to: { email: 'jane.doe@example.com', name: 'Jane' },
      ...{ from: 'no-reply@acme.com', subject: 'How did we do?', html: '<p>Hi</p>', text: 'Hi' },
    };
    const outcome = await clientOf(gladly.origin).sendEmail(mail, () => Promise.resolve());
    expect(outcome).toMatchObject({ status: 'not_sent', temporary: true });
    expect(gladly.received).toHaveLength(1);
  });
});
