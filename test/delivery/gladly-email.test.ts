import { describe, expect, test } from 'vitest';
import { createGladlyEmail, type SendEmail } from '../../src/delivery/gladly-email.ts';
import { createMailComposer } from '../../src/delivery/mail.ts';
import { builtInTemplate } from '../../src/delivery/template.ts';
import { Failure } from '../../src/failure.ts';
import { surveyMessage } from './survey-message.ts';

const composer = createMailComposer({ template: builtInTemplate() });
const failure = new Failure('temporary', 'gladly_unavailable', 'Gladly is away', { hint: 'Try again.' });
const leaving = async (): Promise<void> => undefined;

function delivery(answer: Awaited<ReturnType<SendEmail>>) {
  const asked: Parameters<SendEmail>[] = [];
  const provider = createGladlyEmail({
    from: 'csat@harbour.example',
    composer,
    sendEmail: async (...request) => {
      asked.push(request);
      await request[1]();
      return answer;
    },
  });
  return { provider, asked };
}

const sent = { status: 'sent', externalId: 'item-1', customerId: 'customer-1' } as const;

describe('Gladly email', () => {
  test.each(['x', '+15550100123', 'Acme <csat@harbour.example>', '<csat@harbour.example>', 'a@b@c', ''])(
    'does not begin with the sender %j',
    (from) => {
      expect(() => createGladlyEmail({ from, composer, sendEmail: () => Promise.reject(failure) })).toThrow(
        expect.objectContaining({ kind: 'configuration', code: 'bad_from' }),
      );
    },
  );

  test('hands the whole mail to Gladly, once', async () => {
    const { provider, asked } = delivery(sent);
    expect(await provider.deliver(surveyMessage(), leaving)).toEqual({
      status: 'sent',
      externalId: 'item-1',
    });
    const { subject, html, text } = composer(surveyMessage());
    expect(asked).toEqual([
      [
        {
          to: { email: 'robin@example.com', name: 'Robin Example' },
          from: 'csat@harbour.example',
          subject,
          html,
          text,
        },
        leaving,
      ],
    ]);
    expect(provider.repeatable).toBe(false);
  });

  test.each([null, '', 'Robin\r\nExample', ' Robin', 'x'.repeat(200)])(
    'leaves out the name %j rather than change it',
    async (name) => {
      const { provider, asked } = delivery(sent);
      await provider.deliver(surveyMessage({ to: { address: 'robin@example.com', name } }), leaving);
      expect(asked[0]![0].to).toEqual({ email: 'robin@example.com' });
    },
  );

  test.each([
    { status: 'not_sent', temporary: true, failure },
    { status: 'not_sent', temporary: false, failure },
    { status: 'uncertain', failure },
  ] as const)('passes on $status', async (outcome) => {
    expect(await delivery(outcome).provider.deliver(surveyMessage(), leaving)).toEqual(outcome);
  });

  test('passes on unchanged that it must not leave', async () => {
    const refused = new Error('claim lost');
    const { provider } = delivery(sent);
    await expect(provider.deliver(surveyMessage(), () => Promise.reject(refused))).rejects.toBe(refused);
  });

  test('asks Gladly nothing when there is no mail to send', async () => {
    const { provider, asked } = delivery(sent);
    const outcome = await provider.deliver(surveyMessage({ surveyUrl: 'nowhere' }), leaving);
    expect(outcome).toMatchObject({
      status: 'not_sent',
      temporary: true,
      failure: { code: 'survey_link_invalid' },
    });
    expect(asked).toEqual([]);
  });
});
