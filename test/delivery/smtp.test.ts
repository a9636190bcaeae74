import type { SMTPServerOptions } from 'smtp-server';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMailComposer } from '../../src/delivery/mail.ts';
import type { DeliveryProvider } from '../../src/ports/delivery-provider.ts';
import { createSmtp } from '../../src/delivery/smtp.ts';
import { builtInTemplate } from '../../src/delivery/template.ts';
import { certificate, key } from '../gladly/untrusted-certificate.ts';
import { mailServer } from '../support/mail-server.ts';
import { smtpProxy, type LineFate } from '../support/smtp-proxy.ts';
import { plainServer } from '../support/plain-mail-server.ts';
import { hostileNames, surveyMessage } from './survey-message.ts';

const composer = createMailComposer({ template: builtInTemplate() });
const from = 'Harbour & Pine <csat@harbour.example>';
const leaving = async (): Promise<void> => undefined;

function smtp(url: string, changes: Partial<Parameters<typeof createSmtp>[0]> = {}): DeliveryProvider {
  const provider = createSmtp({
    url,
    from,
    composer,
    clock: () => Date.parse('2026-11-22T12:34:56.000Z'),
    signal: new AbortController().signal,
    ...changes,
  });
  onTestFinished(() => provider.close());
  return provider;
}

const answerOf = (code: number, text: string): Error =>
  Object.assign(new Error(text), { responseCode: code });

const withLogin: SMTPServerOptions = {
  authOptional: false,
  allowInsecureAuth: true,
  onAuth({ username, password }, _, callback) {
    if (username === 'care' && password === 'pässwörd/1') callback(null, { user: username });
    else callback(answerOf(535, `5.7.8 ${password ?? ''} is not the password`));
  },
};
const login = encodeURIComponent('pässwörd/1');

const at: Record<string, (error: Error) => SMTPServerOptions> = {
  sender: (error) => ({ onMailFrom: (_, __, callback) => callback(error) }),
  recipient: (error) => ({ onRcptTo: (_, __, callback) => callback(error) }),
  message: (error) => ({
    onData: (stream, _, callback) => {
      stream.resume();
      stream.on('end', () => callback(error));
    },
  }),
};

describe('a mail', () => {
  test('arrives with everything it needs, under the id that we keep', async () => {
    const server = await mailServer();
    const outcome = await smtp(server.url).deliver(surveyMessage(), leaving);
    expect(outcome).toEqual({ status: 'sent', externalId: 'survey_1-a@harbour.example' });
    const [received] = server.received;
    expect(received).toMatchObject({ from: 'csat@harbour.example', to: ['robin@example.com'] });
    const { mail } = received!;
    const { subject, html, text } = composer(surveyMessage());
    expect([mail.subject, mail.html, mail.text]).toEqual([subject, html, text]);
    expect(mail.messageId).toBe('<survey_1-a@harbour.example>');
    expect(mail.from?.value).toEqual([{ name: 'Harbour & Pine', address: 'csat@harbour.example' }]);
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    const lines = received!.bytes.toString('latin1').split('\r\n');
    expect(lines).toContain('List-Unsubscribe: <https://csat.harbour.example/u/tok_1-a>');
    expect(lines).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
    for (const link of [surveyMessage().surveyUrl, ...surveyMessage().ratingUrls]) {
      expect(`${mail.html === false ? '' : mail.html}${mail.text ?? ''}`).toContain(link);
    }
  });

  test('is the same when it is sent again', async () => {
    const server = await mailServer();
    const provider = smtp(server.url);
    await provider.deliver(surveyMessage(), leaving);
    await provider.deliver(surveyMessage(), leaving);
    expect(server.received[1]!.bytes).toEqual(server.received[0]!.bytes);
  });

  test('keeps the dots that begin its lines, and long words of any script', async () => {
    const server = await mailServer();
    const companyName = '...Größe & 株式会社 .';
    await smtp(server.url).deliver(surveyMessage({ companyName }), leaving);
    expect(server.received[0]!.mail.text).toBe(composer(surveyMessage({ companyName })).text);
  });

  test('finds a domain of any script by its name in the DNS', async () => {
    const server = await mailServer();
    const proxy = await smtpProxy(server.port, () => 'pass');
    const to = { address: 'robin@bücher.example', name: null };
    const provider = smtp(proxy.url, { from: 'csat@größe.example' });
    const outcome = await provider.deliver(surveyMessage({ to }), leaving);
    expect(outcome).toEqual({ status: 'sent', externalId: 'survey_1-a@xn--gre-6ka8i.example' });
    expect(proxy.lines.some((line) => line.startsWith('MAIL FROM:<csat@xn--gre-6ka8i.example>'))).toBe(true);
    expect(proxy.lines).toContain('RCPT TO:<robin@xn--bcher-kva.example>');
    expect(server.received[0]!.bytes.every((byte) => byte < 128)).toBe(true);
  });

  test.each(hostileNames.map((name) => [name.slice(0, 30), name]))(
    'with the name %j has one recipient and its own headers',
    async (_, name) => {
      const server = await mailServer();
      const to = { address: 'robin@example.com', name };
      const hostile = surveyMessage({ to, companyName: name, agent: { name, firstName: name } });
      const provider = smtp(server.url);
      await provider.deliver(surveyMessage(), leaving);
      expect(await provider.deliver(hostile, leaving)).toMatchObject({ status: 'sent' });
      const [usual, received] = server.received;
      expect(received!.to).toEqual(['robin@example.com']);
      const headers = (of: typeof usual) => of!.mail.headerLines.map(({ key: header }) => header).sort();
      expect(headers(received)).toEqual(headers(usual));
    },
  );

  test.each(['robin@example.com>\r\nRCPT TO:<victim@example.net', 'robin@example.com\r\n.\r\nQUIT', 'robin'])(
    'to %j does not leave',
    async (address) => {
      const server = await mailServer();
      const message = surveyMessage({ to: { address, name: null } });
      const outcome = await smtp(server.url).deliver(message, leaving);
      expect(outcome).toMatchObject({
        status: 'not_sent',
        temporary: false,
        failure: { code: 'bad_address' },
      });
      expect([server.received, server.connections()]).toEqual([[], 0]);
    },
  );
});

describe('before it leaves', () => {
  test('the session is there and logged in, and the server knows of no message', async () => {
    const server = await mailServer(withLogin);
    const proxy = await smtpProxy(server.port, () => 'pass');
    const before: string[] = [];
    const url = proxy.url.replace('//', `//care:${login}@`);
    await smtp(url).deliver(surveyMessage(), async () => void before.push(...proxy.lines));
    expect(before.map((line) => line.split(' ')[0])).toEqual(['EHLO', 'AUTH']);
    expect(server.received[0]!.user).toBe('care');
  });

  test('what refuses it is passed on, nothing leaves, and the session serves the next one', async () => {
    const server = await mailServer();
    const provider = smtp(server.url);
    const refused = new Error('claim lost');
    await expect(provider.deliver(surveyMessage(), () => Promise.reject(refused))).rejects.toBe(refused);
    expect(server.received).toEqual([]);
    await provider.deliver(surveyMessage(), leaving);
    expect([server.received.length, server.connections()]).toEqual([1, 1]);
  });

  test.each([
    ['nobody listens', 'smtp://127.0.0.1:1'],
    ['there is no such host', `smtp://${'a'.repeat(64)}.invalid?tls=off`],
  ])('when %s it is tried later', async (_, url) => {
    let noted = 0;
    const outcome = await smtp(url).deliver(surveyMessage(), async () => void (noted += 1));
    expect(outcome).toMatchObject({
      status: 'not_sent',
      temporary: true,
      failure: { kind: 'temporary', code: 'smtp_unreachable' },
    });
    expect(noted).toBe(0);
  });

  test('a server that does not greet, or says that it is busy, is tried later', async () => {
    const busy = await mailServer({ onConnect: (_, callback) => callback(answerOf(421, 'too many of you')) });
    expect(await smtp(busy.url).deliver(surveyMessage(), leaving)).toMatchObject({
      status: 'not_sent',
      temporary: true,
      failure: { kind: 'temporary', message: expect.stringContaining('421 too many of you') },
    });
    const silent = await mailServer({ onConnect: () => undefined });
    const outcome = await smtp(`${silent.url}?timeout=0.2`).deliver(surveyMessage(), leaving);
    expect(outcome).toMatchObject({ status: 'not_sent', temporary: true, failure: { kind: 'temporary' } });
  });

  test('a refused login is for the operator to mend, and tells no password', async () => {
    const server = await mailServer(withLogin);
    const url = server.url.replace('//', '//care:hunter22@');
    const outcome = await smtp(url).deliver(surveyMessage(), leaving);
    expect(outcome).toMatchObject({
      status: 'not_sent',
      temporary: true,
      failure: {
        kind: 'configuration',
        code: 'smtp_login_refused',
        hint: expect.stringContaining('GCSAT_SMTP_URL'),
      },
    });
    expect(JSON.stringify(outcome) + String('failure' in outcome && outcome.failure.message)).not.toContain(
      'hunter22',
    );
  });

  test('a server without logins is for the operator to mend', async () => {
    const server = await mailServer({ disabledCommands: ['AUTH', 'STARTTLS'] });
    const outcome = await smtp(server.url.replace('//', '//care:secret@')).deliver(surveyMessage(), leaving);
    expect(outcome).toMatchObject({ status: 'not_sent', failure: { code: 'smtp_login_refused' } });
    expect(server.received).toEqual([]);
  });

  test.each([
    ['says that it cannot now', 454],
    ['says that it is closing', 421],
  ])('a login to which the server %s is tried later', async (_, code) => {
    const onAuth: SMTPServerOptions['onAuth'] = (__, ___, callback) => callback(answerOf(code, 'not now'));
    const server = await mailServer({ ...withLogin, onAuth });
    const outcome = await smtp(server.url.replace('//', '//care:secret@')).deliver(surveyMessage(), leaving);
    expect(outcome).toMatchObject({ status: 'not_sent', temporary: true, failure: { kind: 'temporary' } });
  });

  test.each<LineFate>(['cut before', 'cut after', 'hold answer'])(
    'a login that ends with %j is tried later',
    async (fate) => {
      const server = await mailServer(withLogin);
      const proxy = await smtpProxy(server.port, (line) => (line.startsWith('AUTH') ? fate : 'pass'));
      const url = proxy.url.replace('//', `//care:${login}@`);
      const limit = fate === 'hold answer' ? '?timeout=0.4' : '';
      const outcome = await smtp(`${url}${limit}`).deliver(surveyMessage(), leaving);
      expect(outcome).toMatchObject({ status: 'not_sent', temporary: true, failure: { kind: 'temporary' } });
    },
  );

  test.each([
    ['smtp', 'STARTTLS', { disabledCommands: [], key, cert: certificate }],
    ['smtps', 'TLS', { secure: true, key, cert: certificate }],
  ])('by %s, a certificate that nobody vouches for ends it (%s)', async (protocol, _, options) => {
    const server = await mailServer(options);
    const url = `${protocol}://127.0.0.1:${server.port}?tls=required`;
    const outcome = await smtp(url).deliver(surveyMessage(), leaving);
    expect(outcome).toMatchObject({
      status: 'not_sent',
      temporary: true,
      failure: { kind: 'configuration', code: 'smtp_certificate_untrusted' },
    });
    expect(server.received).toEqual([]);
  });

  test('where encryption is required, nothing is said to a server without it', async () => {
    const server = await mailServer(withLogin);
    const proxy = await smtpProxy(server.port, () => 'pass');
    const url = `${proxy.url.replace('//', `//care:${login}@`)}?tls=required`;
    const outcome = await smtp(url).deliver(surveyMessage(), leaving);
    expect(outcome).toMatchObject({
      status: 'not_sent',
      temporary: true,
      failure: { kind: 'configuration', code: 'smtp_not_encrypted' },
    });
    expect(proxy.lines.filter((line) => /AUTH|MAIL/.test(line))).toEqual([]);
  });
});

describe('what the server answers', () => {
  test.each([
    ['sender', 451, '4.3.0 no', true, 'temporary', 'smtp_not_now'],
    ['recipient', 451, '4.7.1 greylisted for now', true, 'temporary', 'smtp_not_now'],
    ['recipient', 451, '4.7.1 relay access denied for now', true, 'temporary', 'sender_deferred'],
    ['message', 451, 'no', true, 'temporary', 'smtp_not_now'],
    ['sender', 550, 'no', true, 'configuration', 'sender_refused'],
    ['sender', 550, '5.1.1 no such user', true, 'configuration', 'sender_refused'],
    ['sender', 552, 'no', true, 'configuration', 'smtp_too_large'],
    ['recipient', 550, '5.1.1 no', false, 'contract', 'smtp_refused'],
    ['message', 550, '5.2.2 no', false, 'contract', 'smtp_refused'],
    ['recipient', 550, 'no such user', false, 'contract', 'smtp_refused'],
    ['recipient', 554, '5.7.1 Relay access denied:', true, 'configuration', 'sender_refused'],
    ['message', 550, '5.7.60 no permission to send as this sender', true, 'configuration', 'sender_refused'],
    ['message', 550, 'Daily sending quota exceeded', true, 'configuration', 'sender_refused'],
    ['message', 552, '5.3.4 too long', true, 'configuration', 'smtp_too_large'],
    ['recipient', 550, 'no', true, 'configuration', 'smtp_refusal_unclear'],
    ['message', 554, 'no', true, 'configuration', 'smtp_refusal_unclear'],
  ] as const)(
    'to the %s: %i %s is not sent (temporary: %s)',
    async (stage, code, text, temporary, kind, failure) => {
      const server = await mailServer(at[stage]!(answerOf(code, `${text} robin@example.com`)));
      const provider = smtp(server.url);
      const outcome = await provider.deliver(surveyMessage(), leaving);
      expect(outcome).toMatchObject({ status: 'not_sent', temporary, failure: { kind, code: failure } });
      const { message } = (outcome as { failure: Error }).failure;
      expect(message).toContain(`${code} ${text}`);
      expect(message).not.toContain('robin');
    },
  );

  test('of one recipient does not stop the run unless it is about the sender', async () => {
    const scopeOf = async (text: string): Promise<unknown> => {
      const server = await mailServer(at['recipient']!(answerOf(550, text)));
      const outcome = await smtp(server.url).deliver(surveyMessage(), leaving);
      return 'failure' in outcome && outcome.failure.scope;
    };
    expect(await scopeOf('no')).toBe('item');
    expect(await scopeOf('5.1.1 no')).toBe('item');
    expect(await scopeOf('5.7.1 no')).toBe('run');
  });

  test.each(['EHLO', 'greeting'])('to the %s: a refusal waits until it is corrected', async (step) => {
    const refusal = (_: unknown, callback: (error: Error) => void): void =>
      callback(answerOf(554, '5.7.1 not you'));
    const server =
      step === 'greeting'
        ? await mailServer({ onConnect: refusal })
        : {
            url: await plainServer((line) =>
              /^(?:EHLO|HELO)/.test(line) ? '504 5.5.2 not that name' : '250 ok',
            ),
          };
    const outcome = await smtp(server.url).deliver(surveyMessage(), leaving);
    expect(outcome).toMatchObject({
      status: 'not_sent',
      temporary: true,
      failure: { code: 'sender_refused' },
    });
  });

  test('of one message does not spoil the next one', async () => {
    const server = await mailServer({
      onRcptTo: ({ address }, _, callback) =>
        callback(address.startsWith('robin') ? answerOf(550, '5.1.1 unknown') : null),
    });
    const provider = smtp(server.url);
    expect(await provider.deliver(surveyMessage(), leaving)).toMatchObject({ status: 'not_sent' });
    const kim = surveyMessage({ to: { address: 'kim@example.com', name: null } });
    expect(await provider.deliver(kim, leaving)).toMatchObject({ status: 'sent' });
    expect(server.received.map(({ to }) => to)).toEqual([['kim@example.com']]);
    expect(server.connections()).toBe(1);
  });

  test('is asked for by no larger a message than it takes', async () => {
    const server = await mailServer({ size: 100 });
    const outcome = await smtp(server.url).deliver(surveyMessage(), leaving);
    expect(outcome).toMatchObject({
      status: 'not_sent',
      temporary: true,
      failure: { kind: 'configuration', code: 'smtp_too_large' },
    });
    expect(server.received).toEqual([]);
  });
});

describe('a connection that breaks', () => {
  const theEnd = (line: string): boolean => line === '.';
  const body = (line: string): boolean => line.startsWith('Subject:');
  const starts =
    (command: string) =>
    (line: string): boolean =>
      line.startsWith(command);

  test.each<[string, (line: string) => boolean, LineFate, 'not_sent' | 'uncertain', number]>([
    ['before the greeting is answered', starts('EHLO'), 'cut before', 'not_sent', 0],
    ['at the sender', starts('MAIL'), 'cut before', 'not_sent', 0],
    ['after the sender', starts('MAIL'), 'cut after', 'not_sent', 0],
    ['at the recipient', starts('RCPT'), 'cut before', 'not_sent', 0],
    ['before DATA', starts('DATA'), 'cut before', 'not_sent', 0],
    ['instead of the answer to DATA', starts('DATA'), 'cut after', 'not_sent', 0],
    ['within the message', body, 'cut before', 'uncertain', 0],
    ['before its end', theEnd, 'cut before', 'uncertain', 0],
    ['instead of the last answer', theEnd, 'cut after', 'uncertain', 1],
    ['by silence at the sender', starts('MAIL'), 'hold answer', 'not_sent', 0],
    ['by silence at DATA', starts('DATA'), 'hold answer', 'not_sent', 0],
    ['by silence at the end', theEnd, 'hold answer', 'uncertain', 1],
  ])('%s', async (_, matches, fate, status, arrived) => {
    const server = await mailServer();
    const proxy = await smtpProxy(server.port, (line) => (matches(line) ? fate : 'pass'));
    const limit = fate === 'hold answer' ? '?timeout=0.4' : '';
    const outcome = await smtp(`${proxy.url}${limit}`).deliver(surveyMessage(), leaving);
    expect(outcome).toMatchObject({ status, failure: { kind: 'temporary' } });
    if (status === 'not_sent') expect(outcome).toMatchObject({ temporary: true });
    expect(server.received).toHaveLength(arrived);
  });

  test('is left behind: the next message has another one', async () => {
    const server = await mailServer();
    const proxy = await smtpProxy(server.port, (line, connection) =>
      connection === 1 && line === '.' ? 'cut before' : 'pass',
    );
    const provider = smtp(proxy.url);
    expect(await provider.deliver(surveyMessage(), leaving)).toMatchObject({ status: 'uncertain' });
    expect(await provider.deliver(surveyMessage(), leaving)).toMatchObject({ status: 'sent' });
  });

  test('while it is idle is noticed before a message is entrusted to it', async () => {
    const server = await mailServer();
    const proxy = await smtpProxy(server.port, (line, connection) =>
      connection === 1 && line === 'RSET' ? 'cut before' : 'pass',
    );
    const provider = smtp(proxy.url);
    for (let count = 1; count <= 3; count += 1) {
      expect(await provider.deliver(surveyMessage(), leaving)).toMatchObject({ status: 'sent' });
    }
    expect([server.received.length, server.connections()]).toEqual([3, 2]);
  });
});

describe('the sessions', () => {
  test('are few, are used again, and carry many messages at once', async () => {
    const server = await mailServer();
    const provider = smtp(server.url);
    const messages = Array.from({ length: 20 }, (_, index) =>
      surveyMessage({ surveyId: `s${index}`, to: { address: `c${index}@example.com`, name: null } }),
    );
    const outcomes = await Promise.all(messages.map((message) => provider.deliver(message, leaving)));
    expect(outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 'sent'));
    expect(server.connections()).toBe(3);
    // Each message with its own recipient and id: sessions do not mix.
    const pairs = server.received.map(({ to, mail }) => [to[0], mail.messageId]);
    expect(new Set(pairs.map(([address]) => address)).size).toBe(20);
    for (const [address, id] of pairs) {
      expect(id).toBe(`<s${address!.slice(1).split('@')[0]!}@harbour.example>`);
    }
  });

  test('are as many as the address permits', async () => {
    const server = await mailServer();
    const provider = smtp(`${server.url}?pool=1`);
    await Promise.all([1, 2, 3, 4].map(() => provider.deliver(surveyMessage(), leaving)));
    expect([server.received.length, server.connections()]).toEqual([4, 1]);
  });

  test('end when the delivery is closed', async () => {
    const server = await mailServer();
    const proxy = await smtpProxy(server.port, () => 'pass');
    const provider = smtp(proxy.url);
    await provider.deliver(surveyMessage(), leaving);
    await provider.close();
    expect(proxy.lines.at(-1)).toBe('QUIT');
  });

  test('are neither begun nor waited for once the signal is given', async () => {
    const server = await mailServer({ onConnect: () => undefined });
    const stop = new AbortController();
    const provider = smtp(`${server.url}?pool=1`, { signal: stop.signal });
    const deliveries = [1, 2].map(() => provider.deliver(surveyMessage(), leaving));
    const ends = Promise.allSettled(deliveries);
    while (server.connections() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const reason = new Error('stopped by hand');
    stop.abort(reason);
    expect(await ends).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ]);
    await expect(provider.deliver(surveyMessage(), leaving)).rejects.toBe(reason);
  });
});

describe('the check', () => {
  test('connects and logs in, and sends nothing', async () => {
    const server = await mailServer(withLogin);
    const proxy = await smtpProxy(server.port, () => 'pass');
    const provider = smtp(proxy.url.replace('//', `//care:${login}@`));
    expect(await provider.check?.()).toBe(`127.0.0.1:${proxy.port}, without encryption, logged in`);
    expect(proxy.lines.map((line) => line.split(' ')[0])).toEqual([
      'EHLO',
      'AUTH',
      'MAIL',
      'RCPT',
      'RCPT',
      'QUIT',
    ]);
    expect(server.received).toEqual([]);
  });

  const refusing = (refuses: (address: string) => string | null): SMTPServerOptions => ({
    onRcptTo({ address }, _, callback) {
      const text = refuses(address);
      callback(text === null ? null : answerOf(550, text));
    },
  });
  const own = 'csat@harbour.example';

  test.each<[string, (address: string) => string | null, string]>([
    ['the sender at the recipient', () => '5.7.1 Sender address rejected', 'sender_refused'],
    ['mail to others', (to) => (to === own ? null : '5.7.1 Relay access denied'), 'sender_refused'],
    ['the name', () => '5.5.2 Helo command rejected', 'sender_refused'],
    ['everybody without saying why', () => 'no', 'smtp_refusal_unclear'],
  ])('finds a server that refuses %s', async (_, refuses, code) => {
    const server = await mailServer(refusing(refuses));
    await expect(smtp(server.url).check?.()).rejects.toMatchObject({ kind: 'configuration', code });
  });

  test.each<[string, (address: string) => string | null]>([
    ['the reserved domain', (to) => (to === own ? null : '5.1.10 no mail there')],
    ['a sender without a mailbox', (to) => (to === own ? '5.1.1 no such user' : null)],
    ['one of them without saying why', (to) => (to === own ? null : 'no')],
  ])('passes a server that refuses only %s', async (_, refuses) => {
    const server = await mailServer(refusing(refuses));
    await expect(smtp(server.url).check?.()).resolves.toContain('without login');
  });

  test('finds a server that refuses the sender at once, or ends the session', async () => {
    const refused = await mailServer(at['sender']!(answerOf(550, 'no')));
    await expect(smtp(refused.url).check?.()).rejects.toMatchObject({ code: 'sender_refused' });
    const server = await mailServer();
    const proxy = await smtpProxy(server.port, (line) => (line.startsWith('RCPT') ? 'cut before' : 'pass'));
    await expect(smtp(proxy.url).check?.()).rejects.toMatchObject({ code: 'smtp_not_now' });
  });

  test('fails as a message would', async () => {
    const server = await mailServer(withLogin);
    await expect(smtp(server.url.replace('//', '//care:wrong@')).check?.()).rejects.toMatchObject({
      code: 'smtp_login_refused',
    });
    await expect(smtp('smtp://127.0.0.1:1').check?.()).rejects.toMatchObject({ code: 'smtp_unreachable' });
  });
});

test.each(['+15550100123', 'Rôbin <röbin@example.com>', ''])('the sender %j is refused', (sender) => {
  expect(() => smtp('smtp://127.0.0.1:25', { from: sender })).toThrow(
    expect.objectContaining({ kind: 'configuration', code: 'bad_from' }),
  );
});
