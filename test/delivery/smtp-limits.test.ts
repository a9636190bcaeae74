import { EventEmitter, once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMailComposer } from '../../src/delivery/mail.ts';
import { createSmtp } from '../../src/delivery/smtp.ts';
import { checkLimits, smtpLimits, type SmtpLimits } from '../../src/delivery/smtp-limits.ts';
import { openSession, type SmtpSession } from '../../src/delivery/smtp-session.ts';
import { readSmtpUrl } from '../../src/delivery/smtp-url.ts';
import { builtInTemplate } from '../../src/delivery/template.ts';
import type { DeliveryProvider } from '../../src/ports/delivery-provider.ts';
import { plainServer } from '../support/plain-mail-server.ts';
import { surveyMessage } from './survey-message.ts';

type Step = 'greeting' | 'EHLO' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | '.';

const answers: Record<string, string> = { EHLO: '250 AUTH PLAIN', AUTH: '235 welcome', DATA: '354 go on' };
const short = 100;
const slow = 800;
const long: SmtpLimits = {
  greeting: 20_000,
  open: 20_000,
  login: 20_000,
  envelope: 20_000,
  message: 20_000,
  stop: 20_000,
};

/** A mail server that answers every step at once except one, which waits for `delay`. */
async function slowServer(slowStep: Step, delay: () => Promise<unknown>): Promise<string> {
  const answer = async (step: Step, text: string): Promise<string> => {
    if (step === slowStep) await delay();
    return text;
  };
  let inMessage = false;
  const server = await plainServer(
    (line) => {
      if (inMessage && line !== '.') return null;
      const [step = ''] = line.split(/[ :]/);
      inMessage = step === 'DATA';
      return answer(step as Step, answers[step] ?? '250 ok');
    },
    () => answer('greeting', '220 mail.example ESMTP'),
  );
  return server.replace('//', '//care:secret@');
}

async function sessionWith(
  url: string,
  limits: Partial<SmtpLimits>,
  signal = new AbortController().signal,
): Promise<SmtpSession> {
  const server = readSmtpUrl(url);
  const session = await openSession(server, {
    name: 'acme.example',
    limits: { ...long, ...limits },
    signal,
  });
  onTestFinished(() => session.destroy());
  return session;
}

const envelope = { from: 'care@acme.example', to: 'robin@mail.example' };
const message = Buffer.from('Subject: Hello\r\n\r\nHello\r\n');
const steps: [Step, keyof SmtpLimits, 'connect' | 'login' | 'envelope' | 'message'][] = [
  ['greeting', 'greeting', 'connect'],
  ['EHLO', 'open', 'connect'],
  ['AUTH', 'login', 'login'],
  ['MAIL', 'envelope', 'envelope'],
  ['RCPT', 'envelope', 'envelope'],
  ['DATA', 'envelope', 'envelope'],
  ['.', 'message', 'message'],
];

test('the limits are no shorter than those of the protocol, unless the operator sets one', () => {
  const minutes = (count: number): number => count * 60_000;
  const { greeting, open, login, envelope: toDATA, message: toDot, stop } = smtpLimits(null);
  expect(greeting).toBeGreaterThanOrEqual(minutes(5));
  expect(open).toBeGreaterThan(greeting);
  expect(login).toBeGreaterThanOrEqual(minutes(5));
  expect(toDATA).toBeGreaterThanOrEqual(minutes(5 + 5 + 2));
  expect(toDot).toBeGreaterThanOrEqual(minutes(3 + 10));
  const own = { greeting: 700, open: 700, login: 700, envelope: 700, message: 700, stop };
  expect([smtpLimits(700), checkLimits(700)]).toEqual([own, own]);
  expect(checkLimits(null).greeting).toBeLessThanOrEqual(minutes(1));
});

describe('a slow answer', () => {
  test.each(steps)('to %s is waited for within its own limit', async (step, limit) => {
    const others = Object.fromEntries(
      Object.keys(long)
        .filter((name) => name !== limit && name !== 'stop' && !(step === 'greeting' && name === 'open'))
        .map((name) => [name, slow - 100]),
    );
    const url = await slowServer(step, () => wait(slow));
    const session = await sessionWith(url, others);
    expect(await session.send(envelope, message)).toBe('250 ok');
  });

  test.each(steps)('to %s beyond its limit ends the session', async (step, limit, stage) => {
    const url = await slowServer(step, () => new Promise(() => undefined));
    const sent = sessionWith(url, { [limit]: short }).then((session) => session.send(envelope, message));
    await expect(sent).rejects.toMatchObject({ stage, cause: 'ETIMEDOUT' });
  });
});

function smtp(url: string): DeliveryProvider {
  const provider = createSmtp({
    url,
    from: envelope.from,
    composer: createMailComposer({ template: builtInTemplate() }),
    clock: () => 0,
    signal: new AbortController().signal,
  });
  onTestFinished(() => provider.close());
  return provider;
}

describe('of a delivery', () => {
  test.each(steps)('a slow answer to %s sends the message', async (step) => {
    const url = await slowServer(step, () => wait(short));
    expect(await smtp(url).deliver(surveyMessage(), async () => undefined)).toMatchObject({ status: 'sent' });
  });

  test.each(steps)('no answer to %s leaves it for later, or in doubt at the end', async (step, _, stage) => {
    const url = await slowServer(step, () => new Promise(() => undefined));
    const outcome = await smtp(`${url}?timeout=0.2`).deliver(surveyMessage(), async () => undefined);
    expect(outcome).toMatchObject({ failure: { kind: 'temporary' } });
    if (stage === 'message') expect(outcome).toMatchObject({ status: 'uncertain' });
    else expect(outcome).toMatchObject({ status: 'not_sent', temporary: true, later: true });
  });

  test('a refusal that passes may be tried again at once', async () => {
    const url = await plainServer((line) => (line.startsWith('MAIL') ? '451 not now' : '250 ok'));
    const outcome = await smtp(url).deliver(surveyMessage(), async () => undefined);
    expect(outcome).toMatchObject({ status: 'not_sent', temporary: true });
    expect(outcome).not.toHaveProperty('later');
  });

  test('the check has the limit of the address', async () => {
    const url = await slowServer('RCPT', () => new Promise(() => undefined));
    await expect(smtp(`${url}?timeout=0.2`).check?.()).rejects.toMatchObject({
      message: expect.stringContaining('did not answer within 0.2 s'),
    });
  });
});

describe('a program that stops', () => {
  const stopsAt = async (
    step: Step,
    limits: Partial<SmtpLimits>,
  ): Promise<{ sent: Promise<string>; release: () => void }> => {
    const stop = new AbortController();
    const held = new EventEmitter();
    const url = await slowServer(step, () => {
      held.emit('reached');
      return once(held, 'released');
    });
    const reached = once(held, 'reached');
    const session = await sessionWith(url, limits, stop.signal);
    const sent = session.send(envelope, message);
    await reached;
    stop.abort(new Error('stopped by hand'));
    return { sent, release: () => void held.emit('released') };
  };

  test.each([
    ['MAIL', 'envelope'],
    ['RCPT', 'envelope'],
    ['DATA', 'envelope'],
    ['.', 'message'],
  ] as const)('while %s is not answered ends soon: stage %s', async (step, stage) => {
    const { sent } = await stopsAt(step, { stop: short });
    await expect(sent).rejects.toMatchObject({
      stage,
      cause: 'ECONNECTION',
      message: 'gcsat was stopped before it answered',
    });
  });

  test.each(['RCPT', '.'] as const)('takes an answer to %s that comes soon', async (step) => {
    const { sent, release } = await stopsAt(step, {});
    release();
    expect(await sent).toBe('250 ok');
  });
});
