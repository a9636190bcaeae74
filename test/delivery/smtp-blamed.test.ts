import { describe, expect, onTestFinished, test } from 'vitest';
import { createMailComposer } from '../../src/delivery/mail.ts';
import { createSmtp } from '../../src/delivery/smtp.ts';
import { builtInTemplate } from '../../src/delivery/template.ts';
import type { DeliveryProvider } from '../../src/ports/delivery-provider.ts';
import { plainServer } from '../support/plain-mail-server.ts';
import { surveyMessage } from './survey-message.ts';

type Step = 'EHLO' | 'AUTH' | 'MAIL' | 'RCPT' | '.';

/** Delivers to a server that refuses one step in these words. */
async function refusing(step: Step, refusal: string): Promise<DeliveryProvider> {
  let inMessage = false;
  const url = await plainServer((line) => {
    if (inMessage && line !== '.') return null;
    inMessage = line === 'DATA';
    // A client that is refused at EHLO tries HELO.
    if (line.replace(/^HELO/, 'EHLO').startsWith(step)) return refusal;
    return line === 'DATA' ? '354 go on' : line.startsWith('EHLO') ? '250 AUTH PLAIN' : '250 ok';
  });
  const provider = createSmtp({
    url: url.replace('//', step === 'AUTH' ? '//care:secret@' : '//'),
    from: 'care@acme.example',
    composer: createMailComposer({ template: builtInTemplate() }),
    clock: () => 0,
    signal: new AbortController().signal,
  });
  onTestFinished(() => provider.close());
  return provider;
}

const deliver = (provider: DeliveryProvider) => provider.deliver(surveyMessage(), () => Promise.resolve());

describe('what is ours and may pass', () => {
  test.each<[Step, string]>([
    ['EHLO', '450 4.7.1 <gcsat>: Helo command rejected: Host not found'],
    ['AUTH', '451 Authentication failed: Maximum credits exceeded'],
    ['MAIL', '450 4.1.8 <care@acme.example>: Sender address rejected: Domain not found'],
    ['RCPT', '454 4.7.1 <robin@example.com>: Relay access denied'],
    ['.', '454 Throttling failure: Daily message quota exceeded.'],
  ])('at %s stops the run, and the survey waits: %s', async (step, refusal) => {
    expect(await deliver(await refusing(step, refusal))).toMatchObject({
      status: 'not_sent',
      temporary: true,
      later: true,
      failure: { kind: 'temporary', code: 'sender_deferred', scope: 'run' },
    });
  });

  test.each<[Step, string]>([
    ['MAIL', '450 4.1.8 Sender address rejected: Domain not found'],
    ['RCPT', '454 4.7.1 Relay access denied'],
    ['RCPT', '450 4.7.1 Client host rejected: cannot find your hostname'],
  ])('at %s is found by the check: %s', async (step, refusal) => {
    await expect((await refusing(step, refusal)).check?.()).rejects.toMatchObject({
      code: 'sender_deferred',
    });
  });

  test('is not what one recipient meets', async () => {
    const greylisted = await refusing('RCPT', '450 4.7.1 Recipient address rejected: Greylisted');
    const outcome = await deliver(greylisted);
    expect(outcome).toMatchObject({ failure: { code: 'smtp_not_now', scope: 'item' } });
    expect(outcome).not.toHaveProperty('later');
    await expect(greylisted.check?.()).resolves.toContain('without login');
  });
});

describe('a refusal that names', () => {
  const namedAt = async (address: string): Promise<unknown> =>
    deliver(await refusing('RCPT', `550 5.1.1 <${address}>: User unknown`));

  test('the recipient is final', async () => {
    expect(await namedAt('robin@example.com')).toMatchObject({ failure: { code: 'smtp_refused' } });
  });

  test('the sender waits, and is found by the check', async () => {
    expect(await namedAt('care@acme.example')).toMatchObject({
      temporary: true,
      failure: { code: 'smtp_refusal_unclear', scope: 'item' },
    });
    const provider = await refusing('RCPT', '550 5.1.1 <care@acme.example>: User unknown');
    await expect(provider.check?.()).rejects.toMatchObject({ code: 'smtp_refusal_unclear' });
  });

  test('nobody, after the recipient was accepted, waits', async () => {
    expect(await deliver(await refusing('.', '550 Request failed; Mailbox unavailable'))).toMatchObject({
      temporary: true,
      failure: { code: 'smtp_refusal_unclear' },
    });
  });
});

test.each([
  ['552 5.2.2 Sending quota exceeded', 'sender_refused'],
  ['552 5.3.4 Message size exceeds fixed limit', 'smtp_too_large'],
])('a 552 to the sender: %s is %s', async (refusal, code) => {
  expect(await deliver(await refusing('MAIL', refusal))).toMatchObject({
    temporary: true,
    failure: { code },
  });
});
