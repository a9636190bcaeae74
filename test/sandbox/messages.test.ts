import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start.ts';
import { unhurried, type Question } from './ask.ts';
import { asking, noon } from './asking.ts';

let sandbox: RunningSandbox;
const { conforming, errorsOf } = asking(() => sandbox);

beforeAll(async () => {
  sandbox = await startSandbox({ clock: () => noon, size: 300, limits: unhurried });
});
afterAll(() => sandbox.close());

describe('messages', () => {
  const email = (more: object = {}): Question => ({
    method: 'POST',
    path: '/api/v1/communications/email',
    json: {
      to: [{ email: 'reader@example.org', name: 'A Reader' }],
      from: sandbox.fromAddress,
      subject: 'How did we do?',
      body: { html: '<p>Stars</p>', text: 'Stars' },
      ...more,
    },
  });

  test('an email arrives in the mailbox and on the timeline', async () => {
    const { customerId, conversationItemId } = (await conforming(email())).json();
    expect(sandbox.mailbox().at(-1)).toMatchObject({
      kind: 'email',
      to: 'reader@example.org',
      toName: 'A Reader',
      subject: 'How did we do?',
      html: '<p>Stars</p>',
      customerId,
      conversationItemId,
    });
    const item = await conforming({ path: `/api/v1/conversation-items/${conversationItemId}` });
    expect(item.json().content).toMatchObject({ type: 'EMAIL', content: 'Stars' });
    const customer = await conforming({ path: `/api/v1/customer-profiles/${customerId}` });
    expect(customer.json().name).toBe('A Reader');
    expect((await conforming(email())).json().customerId).toBe(customerId);
  });

  test.each<[string, object, string]>([
    ['another sender', { from: 'else@example.org' }, 'from'],
    ['two recipients', { to: [{ email: 'a@example.org' }, { email: 'b@example.org' }] }, 'to'],
    ['no recipient', { to: [] }, 'to'],
    ['an address that is none', { to: [{ email: 'nobody' }] }, 'to.email'],
    ['no subject', { subject: '' }, 'subject'],
    ['a subject of 1000 characters', { subject: 'x'.repeat(1000) }, 'subject'],
    ['no body', { body: {} }, 'body'],
  ])('refuses an email with %s', async (_what, more, attr) => {
    const before = sandbox.mailbox().length;
    expect(await errorsOf(email(more))).toMatchObject([{ attr }]);
    expect(sandbox.mailbox()).toHaveLength(before);
  });

  test('an SMS arrives, from the number of the organization only', async () => {
    const sms = (more: object = {}): Question => ({
      method: 'POST',
      path: '/api/v1/communications/sms',
      json: {
        customer: { mobileNumber: '+12015550107' },
        from: sandbox.fromNumber,
        body: 'Stars',
        ...more,
      },
    });
    await conforming(sms());
    expect(sandbox.mailbox().at(-1)).toMatchObject({ kind: 'sms', to: '+12015550107', text: 'Stars' });
    expect(await errorsOf(sms({ from: '+18005550143' }))).toEqual([{ attr: 'from', code: 'invalid' }]);
    expect(await errorsOf(sms({ customer: { mobileNumber: '2015550107' } }))).toHaveLength(1);
    expect(await errorsOf(sms({ body: '' }))).toEqual([{ attr: 'body', code: 'blank' }]);
  });
});
