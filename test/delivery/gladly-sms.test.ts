import { expect, test } from 'vitest';
import { createGladlySms, type SendSms } from '../../src/delivery/gladly-sms.ts';
import { smsText } from '../../src/delivery/sms-text.ts';
import { Failure } from '../../src/failure.ts';
import { surveyMessage } from './survey-message.ts';

const failure = new Failure('temporary', 'gladly_unavailable', 'Gladly is away', { hint: 'Try again.' });
const leaving = async (): Promise<void> => undefined;
const toRobin = surveyMessage({ to: { address: '+15550100777', name: 'Robin Example' } });

function delivery(answer: Awaited<ReturnType<SendSms>>, from = '+15550100123') {
  const asked: Parameters<SendSms>[] = [];
  const provider = createGladlySms({
    from,
    sendSms: async (...request) => {
      asked.push(request);
      await request[1]();
      return answer;
    },
  });
  return { provider, asked };
}

const sent = { status: 'sent', externalId: 'item-1', customerId: 'customer-1' } as const;

test('the SMS goes to Gladly, once', async () => {
  const { provider, asked } = delivery(sent);
  expect(await provider.deliver(toRobin, leaving)).toEqual({ status: 'sent', externalId: 'item-1' });
  expect(asked).toEqual([[{ to: '+15550100777', from: '+15550100123', text: smsText(toRobin) }, leaving]]);
  expect(provider.repeatable).toBe(false);
});

test.each([
  { status: 'not_sent', temporary: true, failure },
  { status: 'not_sent', temporary: false, failure },
  { status: 'uncertain', failure },
] as const)('$status is passed on', async (outcome) => {
  expect(await delivery(outcome).provider.deliver(toRobin, leaving)).toEqual(outcome);
});

test('that it must not leave is passed on unchanged', async () => {
  const refused = new Error('claim lost');
  const { provider } = delivery(sent);
  await expect(provider.deliver(toRobin, () => Promise.reject(refused))).rejects.toBe(refused);
});

test('without a text Gladly is asked nothing', async () => {
  const { provider, asked } = delivery(sent);
  const outcome = await provider.deliver({ ...toRobin, surveyUrl: 'nowhere' }, leaving);
  expect(outcome).toMatchObject({ status: 'not_sent', temporary: true });
  expect(asked).toEqual([]);
});

test('the sender is a number, as people write it', async () => {
  const { provider, asked } = delivery(sent, '+1 (555) 010-0123');
  await provider.deliver(toRobin, leaving);
  expect(asked[0]![0].from).toBe('+15550100123');
});

test.each(['care@acme.com', '5550100123', '+0555010012', '+1555 call me', ''])(
  'the sender is not %j',
  (from) => {
    expect(() => delivery(sent, from)).toThrow(
      expect.objectContaining({ kind: 'configuration', code: 'bad_from' }),
    );
  },
);
