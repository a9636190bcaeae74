import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { SMTPServerOptions } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { segmentsOf } from '../../src/delivery/sms-segments.ts';
import { surveysOf, testGladly, type TestGladly } from '../support/gladly.ts';
import { mailServer, type MailServer } from '../support/mail-server.ts';
import { plainServer } from '../support/plain-mail-server.ts';
import { runJson, start } from '../support/run.ts';
import { runInside, runJsonInside } from '../support/run-inside.ts';
import { smtpProxy, type SmtpProxy } from '../support/smtp-proxy.ts';
import { installed } from '../support/tools.ts';

const from = 'Acme Care <care@acme.example>';

async function bySmtp(url: string, more: Record<string, string> = {}): Promise<TestGladly> {
  const gladly = await testGladly();
  const env = { ...gladly.env, GCSAT_DELIVERY: 'smtp', GCSAT_FROM: from, GCSAT_SMTP_URL: url, ...more };
  return { ...gladly, env };
}

describe('replay by smtp', () => {
  test('sends one mail, and no second one', async () => {
    const server = await mailServer();
    const { env, sandbox } = await bySmtp(server.url);
    const id = sandbox.exampleConversationId;
    const { document } = await runJsonInside(['replay', '--', id], { env });
    expect(document).toMatchObject({ outcome: 'sent', survey: { provider: 'smtp' } });
    expect(document.survey.externalId).toBe(`${document.survey.id}@acme.example`);
    const again = await runJsonInside(['replay', '--', id], { env });
    expect(again.document.outcome).toBe('already_surveyed');
    expect(server.received).toHaveLength(1);
    const { mail } = server.received[0]!;
    expect(mail.messageId).toBe(`<${document.survey.externalId}>`);
    expect(mail.text).toContain(document.survey.url);
    expect(sandbox.mailbox()).toEqual([]);
  });

  test('is uncertain, listed and never repeated when it is killed before the last answer', async () => {
    const server = await mailServer();
    const proxy = await smtpProxy(server.port, (line) => (line === '.' ? 'hold answer' : 'pass'));
    const { env, sandbox } = await bySmtp(proxy.url);
    const id = sandbox.exampleConversationId;
    const child = start(['replay', '--', id], { env });
    while (!proxy.lines.includes('.')) await wait(5);
    child.kill('SIGKILL');
    await once(child, 'close');
    const { document, code } = await runJson(['replay', '--', id], { env });
    expect([code, document.outcome]).toEqual([0, 'uncertain']);
    expect(await surveysOf(env)).toMatchObject([{ conversationId: id, state: 'uncertain' }]);
    expect(proxy.lines.filter((line) => line === '.')).toHaveLength(1);
  });

  test('stops by SIGTERM while a mail server keeps it waiting, and has sent nothing', async () => {
    const server = await mailServer({ onConnect: () => undefined });
    const { env, sandbox } = await bySmtp(server.url);
    const child = start(['replay', '--', sandbox.exampleConversationId], { env });
    const closed = once(child, 'close');
    while (server.connections() === 0) await wait(5);
    child.kill('SIGTERM');
    expect((await closed)[0]).toBe(143);
    const [entry] = await surveysOf(env);
    expect(entry).toMatchObject({ state: 'scheduled', sentAt: null });
  });

  test('takes a slow yes as a yes, whatever the limit for Gladly, unless the address sets one', async () => {
    const url = await plainServer(async (line) => {
      if (line === '.') await wait(3000);
      return line === 'DATA' ? '354 go on' : /^(?:EHLO|MAIL|RCPT|\.$)/.test(line) ? '250 ok' : null;
    });
    const patient = await bySmtp(url, { GCSAT_TIMEOUT: '2' });
    const hasty = await bySmtp(`${url}?timeout=1`);
    const outcomes = [patient, hasty].map(async ({ env, sandbox }) => {
      const { document } = await runJson(['replay', '--', sandbox.exampleConversationId], { env });
      return document.outcome as string;
    });
    expect(await Promise.all(outcomes)).toEqual(['sent', 'uncertain']);
  });

  test.each([
    ['RCPT', 143, { state: 'scheduled', sentAt: null }],
    // By then the message has an outcome.
    ['.', 0, { state: 'uncertain', error: { code: 'smtp_uncertain' } }],
  ])(
    'stops by SIGTERM while the server does not answer %s, ends with %i, and records that',
    async (at, code, recorded) => {
      const server = await mailServer();
      const proxy = await smtpProxy(server.port, (line) => (line.startsWith(at) ? 'hold answer' : 'pass'));
      const { env, sandbox } = await bySmtp(proxy.url);
      const child = start(['replay', '--', sandbox.exampleConversationId], { env });
      const closed = once(child, 'close');
      while (!proxy.lines.some((line) => line.startsWith(at))) await wait(5);
      child.kill('SIGTERM');
      expect((await closed)[0]).toBe(code);
      expect(await surveysOf(env)).toMatchObject([recorded]);
    },
  );

  test.each([
    [554, '5.7.1 Relay access denied', 3, 'sender_refused'],
    [454, '4.7.1 Relay access denied', 7, 'sender_deferred'],
    [550, '5.1.2 We do not relay', 3, 'smtp_refusal_unclear'],
  ])(
    'keeps what a server refuses because of us (%i %s), and sends it later',
    async (status, text, exit, error) => {
      const refusal = { text: text as string | null };
      const server = await mailServer({
        onRcptTo: (_, __, callback) =>
          callback(
            refusal.text === null ? null : Object.assign(new Error(refusal.text), { responseCode: status }),
          ),
      });
      const { env, sandbox } = await bySmtp(server.url);
      const id = sandbox.exampleConversationId;
      const tested = await runJsonInside(['configure', 'test'], { env });
      expect(tested.code).toBe(exit);
      const wrong = tested.document.checks.filter(({ ok }: { ok: boolean }) => !ok);
      expect(wrong).toMatchObject([{ name: 'delivery', detail: expect.stringContaining(text) }]);
      const first = await runJsonInside(['replay', '--', id], { env });
      expect([first.code, first.document.error.code]).toEqual([exit, error]);
      expect(await surveysOf(env)).toMatchObject([{ state: 'scheduled', sentAt: null }]);
      refusal.text = null;
      expect((await runJsonInside(['replay', '--', id], { env })).document.outcome).toBe('sent');
      expect(server.received).toHaveLength(1);
    },
  );

  test('tells what to mend when the login is refused, and not the password', async () => {
    const server = await mailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_, __, callback) => callback(new Error('no')),
    });
    const { env, sandbox } = await bySmtp(server.url.replace('//', '//care:hunter22@'));
    const { code, document, stderr, stdout } = await runJsonInside(
      ['replay', '--', sandbox.exampleConversationId],
      { env },
    );
    expect(code).toBe(3);
    expect(document.error).toMatchObject({
      code: 'smtp_login_refused',
      hint: expect.stringContaining('GCSAT_SMTP_URL'),
    });
    expect(stderr + stdout).not.toContain('hunter22');
  });

  test.each([
    [{ GCSAT_SMTP_URL: '' }, 'delivery_incomplete'],
    [{ GCSAT_SMTP_URL: 'smtp://u:hunter22@mail.acme.example?tls=off' }, 'bad_smtp_url'],
    [{ GCSAT_FROM: '+15550100123' }, 'bad_from'],
  ])('with %j asks Gladly nothing', async (env, code) => {
    const gladly = await bySmtp('smtp://127.0.0.1:1', env);
    const result = await runJsonInside(['replay', '--', gladly.sandbox.exampleConversationId], {
      env: gladly.env,
    });
    expect([result.code, result.document.error.code]).toEqual([3, code]);
    expect(result.stdout + result.stderr).not.toContain('hunter22');
    expect(await gladly.requests()).toEqual([]);
  });
});

test.each(['Acme <care@acme.example>', 'x'])(
  'a sender %j that Gladly can not send from ends a dry run as it would the real one',
  async (GCSAT_FROM) => {
    const { env, sandbox, requests } = await testGladly();
    const wrong = { ...env, GCSAT_DELIVERY: 'gladly-email', GCSAT_FROM };
    for (const more of [['--dry-run'], []]) {
      const result = await runJsonInside(['replay', ...more, '--', sandbox.exampleConversationId], {
        env: wrong,
      });
      expect([result.code, result.document.error.code]).toEqual([3, 'bad_from']);
    }
    expect(await requests()).toEqual([]);
  },
);

describe('encryption', () => {
  let folder: string;
  let options: SMTPServerOptions;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gcsat-tls-test-'));
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const out = ['-days', '30', '-keyout', key, '-out', certificate];
    execFileSync(installed('openssl'), ['req', '-x509', ...curve, ...subject, ...out], { stdio: 'ignore' });
    options = {
      key: readFileSync(key),
      cert: readFileSync(certificate),
      authOptional: false,
      onAuth: ({ username, password }, _, callback) =>
        password === 'right' ? callback(null, { user: username ?? '' }) : callback(new Error('no')),
    };
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const trusting = (): Record<string, string> => ({ NODE_EXTRA_CA_CERTS: join(folder, 'certificate.pem') });

  test.each([
    ['STARTTLS', 'smtp', { disabledCommands: [] }],
    ['TLS from the start', 'smtps', { secure: true }],
  ])('by %s carries login and mail, for a certificate that is vouched for', async (_, protocol, more) => {
    const server = await mailServer({ ...options, ...more });
    const url = `${protocol}://care:right@localhost:${server.port}?tls=required`;
    const { env, sandbox } = await bySmtp(url, trusting());
    const { document } = await runJson(['replay', '--', sandbox.exampleConversationId], { env });
    expect(document.outcome).toBe('sent');
    expect(server.received).toMatchObject([{ secure: true, user: 'care' }]);
    const stranger = await bySmtp(url);
    const refused = await runJsonInside(['replay', '--', stranger.sandbox.exampleConversationId], {
      env: stranger.env,
    });
    expect([refused.code, refused.document.error.code]).toEqual([3, 'smtp_certificate_untrusted']);
    expect(server.received).toHaveLength(1);
  });

  test('of an old kind is refused', async () => {
    const server = await mailServer({
      ...options,
      secure: true,
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
    });
    const { env, sandbox } = await bySmtp(`smtps://care:right@localhost:${server.port}`, trusting());
    const { code, document } = await runJson(['replay', '--', sandbox.exampleConversationId], { env });
    expect([code, document.error.code]).toEqual([7, 'smtp_unreachable']);
  });
});

describe('replay by gladly-sms', () => {
  async function bySms(): Promise<TestGladly> {
    const gladly = await testGladly();
    return {
      ...gladly,
      env: { ...gladly.env, GCSAT_DELIVERY: 'gladly-sms', GCSAT_FROM: gladly.sandbox.fromNumber },
    };
  }

  test('sends one SMS to the mobile number', async () => {
    const { env, sandbox } = await bySms();
    const id = sandbox.exampleConversationId;
    const { document } = await runJsonInside(['replay', '--', id], { env });
    expect(document).toMatchObject({ outcome: 'sent', survey: { provider: 'gladly-sms' } });
    await runJsonInside(['replay', '--', id], { env });
    const [sms, ...others] = sandbox.mailbox();
    expect(others).toEqual([]);
    expect(sms).toMatchObject({ kind: 'sms', from: sandbox.fromNumber, to: document.customer.phone });
    expect(sms!.conversationItemId).toBe(document.survey.externalId);
    expect(sms!.text).toMatch(new RegExp(`: How did \\w+ do\\? .* ${document.survey.url}$`));
    expect(segmentsOf(sms!.text!)).toBe(1);
  });

  test('tells a person that it was an SMS, and what it says', async () => {
    const { stdout } = await runInside(['replay', '--sandbox', '--delivery', 'gladly-sms']);
    expect(stdout).toMatch(/✔ sent by SMS\n/);
    expect(stdout).toMatch(/Mailbox +to \+\d+: “.*How did .*” arrived/);
  });

  test('needs a number to send from', async () => {
    const { env, sandbox, requests } = await bySms();
    const wrong = { ...env, GCSAT_FROM: 'care@acme.example' };
    const result = await runJsonInside(['replay', '--', sandbox.exampleConversationId], { env: wrong });
    expect([result.code, result.document.error.code]).toEqual([3, 'bad_from']);
    expect(await requests()).toEqual([]);
  });
});

describe('configure test', () => {
  let server: MailServer;
  let proxy: SmtpProxy;
  const prepare = async (): Promise<TestGladly> => {
    server = await mailServer();
    proxy = await smtpProxy(server.port, () => 'pass');
    return bySmtp(proxy.url);
  };

  test('tries the mail server and sends nothing', async () => {
    const { env } = await prepare();
    const { code, document } = await runJsonInside(['configure', 'test'], { env });
    expect([code, document.sample]).toEqual([0, null]);
    expect(proxy.lines.map((line) => line.split(' ')[0])).toEqual(['EHLO', 'MAIL', 'RCPT', 'RCPT', 'QUIT']);
    expect(server.received).toEqual([]);
    await server.close();
    const away = await runJsonInside(['configure', 'test'], { env });
    expect(away.code).toBe(7);
    const wrong = away.document.checks.filter(({ ok }: { ok: boolean }) => !ok);
    expect(wrong).toMatchObject([{ name: 'delivery', hint: expect.stringContaining('GCSAT_SMTP_URL') }]);
  });

  test('greets with the name that is set, and says how where the greeting is refused', async () => {
    const lines: string[] = [];
    const url = await plainServer((line) => {
      lines.push(line);
      return line.startsWith('EHLO') && !line.includes('out.acme.example')
        ? '421 4.7.0 Try again later'
        : '250 ok';
    });
    const { env } = await bySmtp(url);
    const refused = await runInside(['configure', 'test'], { env });
    expect(refused.stdout).toMatch(/^✘ delivery: .*421 .*\?name=/m);
    expect(lines[0]).not.toMatch(/127\.0\.0\.1|localhost/);
    const named = await runInside(['configure', 'test'], {
      env: { ...env, GCSAT_SMTP_URL: `${url}?name=out.acme.example` },
    });
    expect(named.code).toBe(0);
    expect(lines).toContain('EHLO out.acme.example');
  });

  test('sends one sample to oneself, and records nothing', async () => {
    const { env } = await prepare();
    const { code, document } = await runJsonInside(['configure', 'test', '--send-to', 'me@acme.example'], {
      env,
    });
    expect(code).toBe(0);
    expect(document.sample).toMatchObject({
      delivery: 'smtp',
      to: 'me@acme.example',
      outcome: 'sent',
      error: null,
    });
    expect(server.received).toHaveLength(1);
    const [{ to, mail }] = server.received as [MailServer['received'][number]];
    expect(to).toEqual(['me@acme.example']);
    expect(mail.subject).toMatch(/^\(Test\) How did Anna from /);
    expect(mail.text).toContain(document.sample.surveyUrl);
    expect(await surveysOf(env)).toEqual([]);
  });

  test.each([
    ['outbox', 'me@acme.example'],
    ['gladly-email', 'me@acme.example'],
    ['gladly-sms', '+15550100777'],
  ])('sends a sample by %s', async (delivery, to) => {
    const { env, sandbox } = await testGladly();
    const sender = delivery === 'gladly-sms' ? sandbox.fromNumber : sandbox.fromAddress;
    const result = await runJsonInside(['configure', 'test', '--send-to', to], {
      env: { ...env, GCSAT_DELIVERY: delivery, GCSAT_FROM: sender },
    });
    expect(result).toMatchObject({ code: 0, document: { sample: { delivery, to, outcome: 'sent' } } });
    const marked = sandbox.mailbox().map(({ subject, text }) => (subject ?? text)?.slice(0, 6));
    expect(marked).toEqual(delivery === 'outbox' ? [] : ['(Test)']);
  });

  test.each([
    ['gladly-email', '+15550100777'],
    ['gladly-sms', 'me@acme.example'],
  ])('by %s does not send to %s', async (delivery, to) => {
    const { env, requests } = await testGladly();
    const result = await runJsonInside(['configure', 'test', '--delivery', delivery, '--send-to', to], {
      env,
    });
    expect([result.code, result.document.error.code]).toEqual([2, 'bad_address']);
    expect(await requests()).toEqual([]);
  });

  test('says why the sample could not be sent', async () => {
    const { env } = await prepare();
    await server.close();
    const result = await runInside(['configure', 'test', '--send-to', 'me@acme.example'], { env });
    expect(result.code).toBe(7);
    expect(result.stdout).toMatch(
      /^✘ sample survey: the mail server 127\.0\.0\.1:\d+ did not open a session/m,
    );
  });
});
