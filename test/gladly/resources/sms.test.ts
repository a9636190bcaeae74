import { describe, expect, test } from 'vitest';
import type { Sms } from '../../../src/gladly/resources/sms.ts';
import { clientOf, json, localGladly, type Respond } from '../local-gladly.ts';

const sms: Sms = { to: '+14152223000', from: '+14152223316', text: 'How did we do?' };
const nothing = async (): Promise<void> => undefined;
const status =
  (code: number): Respond =>
  (_, response) =>
    void response.writeHead(code).end();

describe('an SMS', () => {
  test('is sent as the contract says, with the id of its item', async () => {
    const gladly = await localGladly((_, response) =>
      json(response, 200, { customerId: 'u1', conversationItemId: 'm1' }),
    );
    const outcome = await clientOf(gladly.origin).sendSms(sms, nothing);
    expect(outcome).toEqual({ status: 'sent', externalId: 'm1', customerId: 'u1' });
    expect(gladly.received[0]!.url).toBe('/api/v1/communications/sms');
    expect(JSON.parse(gladly.received[0]!.body)).toEqual({
      customer: { mobileNumber: '+14152223000' },
      from: '+14152223316',
      body: 'How did we do?',
    });
  });

  test('does not leave when `leaving` fails', async () => {
    const gladly = await localGladly((_, response) => json(response, 200, {}));
    const sending = clientOf(gladly.origin).sendSms(sms, () => Promise.reject(new Error('disk full')));
    await expect(sending).rejects.toThrow('disk full');
    expect(gladly.received).toHaveLength(0);
  });

  test.each<[string, Respond, object]>([
    ['a 400', status(400), { status: 'not_sent', temporary: false }],
    ['a 429', status(429), { status: 'not_sent', temporary: true }],
    ['a 500', status(500), { status: 'uncertain' }],
    ['a reset', (_, response) => void response.destroy(), { status: 'uncertain' }],
  ])('after %s is not repeated', async (_, respond, outcome) => {
    const gladly = await localGladly(respond);
    expect(await clientOf(gladly.origin).sendSms(sms, nothing)).toMatchObject(outcome);
    expect(gladly.received).toHaveLength(1);
  });
});
