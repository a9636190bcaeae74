import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  createCanary,
  expectDiscretion,
  named,
  patiently,
  person,
  personIn,
  secrets,
  secretsIn,
  type Canary,
  type Mood,
} from './canary.ts';
import { proofTimeoutMs } from './extent.ts';

const options = { timeout: proofTimeoutMs };

test('a canary is found wherever it hides', () => {
  const { token } = secrets;
  for (const before of ['', 'a', 'ab', 'abc']) {
    const basic = Buffer.from(`${before}:${token}\0b`);
    for (const encoding of ['utf8', 'base64', 'base64url', 'hex'] as const) {
      expect(secretsIn(`x ${basic.toString(encoding)} y`)).toEqual(['token']);
    }
  }
  expect(secretsIn(encodeURIComponent(secrets.smtpPassword))).toEqual(['smtpPassword']);
  expect(secretsIn('a token, Canary')).toEqual([]);
  expect(personIn('/customers?email=ZYXWINA.c%40example.org&q=velvet+tuba')).toEqual([
    'zyxwina',
    'velvet tuba',
  ]);
});

async function done(canary: Canary, args: readonly string[], env: Record<string, string> = {}, input = '') {
  const ran = await canary.run(args, env, input);
  expect(ran.code, `${args.join(' ')}: ${ran.stderr}`).toBe(0);
  return ran;
}

test(
  'commands of a person give away no secret, and of a customer only what was asked for',
  options,
  async () => {
    const canary = await createCanary();
    await done(canary, ['configure']);
    // From here on, the profile contains the secrets.
    expect(secretsIn(readFileSync(join(canary.folder, 'config/config.json'))).toSorted()).toEqual([
      'medalliaKey',
      'medalliaSecret',
      'smtpPassword',
      'token',
    ]);
    await done(canary, [
      'configure',
      'set',
      'suppressionDays=0',
      'brandColor=#336699',
      'question=text: What next?',
    ]);
    await done(canary, ['configure', 'show', '-v']);
    await done(canary, ['configure', 'show', '--json']);
    await done(canary, ['configure', 'list', '--json']);
    await done(canary, ['configure', 'test', '-v', '--send-to', 'me@acme.example']);

    const { id } = await canary.tell();
    expect((await done(canary, ['attribute', '-v', '--', id])).stdout).toContain(person.name);
    await done(canary, ['attribute', '--json', '--', id]);
    await done(canary, ['replay', '--dry-run', '-v', '--', id]);
    const replayed = await done(canary, ['replay', '--json', '-v', '--', id]);
    expect(JSON.parse(replayed.stdout)).toMatchObject({ outcome: 'sent', customer: { email: person.email } });
    await done(canary, ['replay', '-v', '--', id]);
    for (const [delivery, from] of [
      ['gladly-email', canary.from.address],
      ['gladly-sms', canary.from.number],
      ['outbox', 'care@acme.example'],
    ] as const) {
      const other = await canary.tell();
      const env = { GCSAT_DELIVERY: delivery, GCSAT_FROM: from };
      const ran = await canary.run(['replay', '--json', '-v', '--', other.id], env);
      expect(JSON.parse(ran.stdout), ran.stderr).toMatchObject({
        outcome: 'sent',
        survey: { provider: delivery },
      });
    }
    await canary.tell();
    // Agent Connect refuses the keys, and the message about that must not repeat them; everything else is done.
    const synced = await canary.run(['sync', '-v']);
    expect(synced.code, synced.stderr).toBe(3);
    expect(synced.stderr).toContain('refused our keys');
    await done(canary, ['backfill', '--since', '1h', '--yes', '-v', '--dry-run']);
    await done(canary, ['backfill', '--since', '1h', '--yes', '-v']);
    await done(canary, ['backfill', '--since', '1h', '--yes', '--json']);
    const said = ['--comment', person.comment, '--answer', person.wish];
    await done(canary, ['post', '-v', '--rating', '2', ...said, '--', id]);
    await done(canary, ['post', '--json', '--rating', '3', ...said, '--', id]);
    await done(canary, ['surveys', 'list', '-v']);
    await done(canary, ['surveys', 'list', '--jsonl']);
    const { stdout: shown } = await done(canary, ['surveys', 'show', '--json', '--', id]);
    expect(shown).toContain(person.comment);
    expect(shown).toContain(person.wish);
    await done(canary, ['surveys', 'note', '-v', '--', id, 'called back']);
    // The host of this profile's public address cannot be found.
    for (const how of ['-v', '--json', '--support']) {
      expect((await canary.run(['doctor', how])).code, how).toBe(3);
    }
    await done(canary, ['report', '--since', '1h', '-v', '--html', join(canary.folder, 'report.html')]);
    await done(canary, ['report', '--since', '1h', '--by', 'agent', '--json']);
    await done(canary, ['export', '--since', '1h', '-v']);
    await done(canary, ['preview', '-v', '--out', join(canary.folder, 'preview')]);
    await done(canary, ['surveys', 'unsubscribe', '-v', person.email]);
    await done(canary, ['surveys', 'unsubscribed', '-v']);
    await done(canary, ['surveys', 'resubscribe', '-v', person.email]);

    expectDiscretion(canary);
    // Everything is where it belongs, so the checks above looked for something that exists.
    expect(canary.mail.received.map(({ to }) => to)).toContainEqual([person.email]);
    expect(canary.mail.received[0]!.user).toBe('care');
    const ledger = canary.files().filter(({ path }) => /\.db$/.test(path));
    expect(ledger.flatMap(({ bytes }) => personIn(bytes))).toEqual(
      expect.arrayContaining(['zyxwina', 'canarsky', 'marmalade']),
    );
    // What customers and agents write to each other is read, not kept.
    expect(canary.files().flatMap(({ bytes }) => personIn(bytes))).not.toContain('velvet tuba');
  },
);

const planted = `
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
const real = crypto.createHmac;
let planted = false;
crypto.createHmac = (name, key, ...more) => {
  if (process.env.PLANTED === 'here') throw new TypeError('planted with ' + key);
  if (!planted) setImmediate(() => { throw new RangeError('planted later with ' + key); });
  planted = true;
  return real(name, key, ...more);
};
syncBuiltinESMExports();
`;

test('failures of every kind, as loud as can be, give away no more', options, async () => {
  const canary = await createCanary();
  const { id } = await canary.tell();
  const { folder } = canary;
  await done(canary, ['configure']);

  async function fails(expected: number, env: Record<string, string>, args = ['replay', '--', id]) {
    const loud = ['--json', '-v', '--timeout', '2', ...args];
    const { code, stdout, stderr } = await canary.run(loud, env);
    expect(code, `${args.join(' ')}\n${stdout}${stderr}`).toBe(expected);
    expect(stderr).toMatch(/error|warn/);
  }
  const inMood = async (mood: Mood) => ({
    ...(await canary.inMood(mood)),
    GCSAT_DATABASE_URL: join(folder, 'data', `${Math.random()}.db`),
  });
  await fails(4, await inMood({ status: 401 }));
  await fails(4, await inMood({ status: 403 }));
  await fails(7, await inMood({ status: 503 }));
  await fails(7, await inMood({ status: 200 }));
  await fails(7, await inMood({ status: 200, type: 'text/html' }));
  await fails(9, await inMood({ status: 400 }));
  const card = await inMood({ status: 400, only: /^POST .*conversation-items$/ });
  await fails(9, card, ['post', '--rating', '1', '--comment', 'late', '--', id]);
  const mail = await inMood({ status: 400, only: /^POST .*email$/ });
  await fails(6, { ...mail, GCSAT_DELIVERY: 'gladly-email', GCSAT_FROM: canary.from.address });
  const webhook = await inMood({ status: 400, only: /^POST .*webhooks$/ });
  await fails(9, { ...webhook, GCSAT_WEBHOOK_PASSWORD: secrets.webhookPassword }, [
    'webhook',
    'install',
    '--url',
    'http://127.0.0.1:1',
  ]);

  const right = readFileSync(canary.env['GCSAT_SMTP_URL_FILE']!, 'utf8').trim();
  const smtp = (url: string) => ({ GCSAT_SMTP_URL: url, GCSAT_SMTP_URL_FILE: '' });
  await fails(3, smtp(right.replace('care', 'somebody')));
  await fails(3, smtp(right.replace('smtp:', 'ftp:')));
  const nobody = smtp(right.replace(/\d+$/, '1'));
  await fails(7, nobody);

  mkdirSync(join(folder, 'data'), { recursive: true, mode: 0o700 });
  const broken = join(folder, 'data', 'broken.db');
  writeFileSync(broken, 'no ledger at all, '.repeat(1000), { mode: 0o600 });
  await fails(8, { GCSAT_DATABASE_URL: broken });
  await fails(3, { GCSAT_SURVEY_SECRET_FILE: '', GCSAT_SURVEY_SECRET: secrets.surveySecret.slice(0, 18) });
  await fails(3, { GCSAT_WEBHOOK_HEADER: secrets.headerValue }, ['serve', '--port', '0']);
  await fails(3, { GCSAT_TOKEN_FILE: '', GCSAT_TOKEN: `${secrets.token}\nmore` });
  await fails(3, { GCSAT_DOMAIN: `https://x:${secrets.token}@acme.example` });

  const module = join(folder, 'given', 'planted.mjs');
  writeFileSync(module, planted);
  const defect = { NODE_OPTIONS: `--import=${module}` };
  await fails(1, { ...defect, PLANTED: 'here' });
  await fails(1, { ...defect, PLANTED: 'later' });
  const traces = canary.ran.filter(({ code }) => code === 1).map(({ stderr }) => stderr);
  expect(traces.map((trace) => /(TypeError|RangeError): planted[^]*\n +at /.exec(trace)?.[1])).toEqual([
    'TypeError',
    'RangeError',
  ]);
  // Gladly’s reasons are quoted without the addresses in them.
  expectDiscretion(canary, secrets, named);
});

test('a server tells neither log nor figures of a secret, a link or a person', options, async () => {
  const canary = await createCanary();
  const { gladly, mail } = canary;
  // A server does not survey anything that happened before it started.
  const server = await canary.serve();
  expect(secretsIn(server.environment)).toEqual([]);
  const event = (body: unknown, password: string, header = secrets.headerValue) =>
    fetch(`${server.origin}/webhooks/gladly`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`gladly:${password}`).toString('base64')}`,
        'x-canary': header,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }).then(async (answer) => ({ status: answer.status, text: await answer.text() }));

  // When Gladly refuses to show a customer, the log does not reveal that customer.
  gladly.mood = { status: 400, only: /customer-profiles/ };
  const failed = await canary.tell();
  expect((await event(failed.event, secrets.webhookPassword)).status).toBe(200);
  await patiently(() => expect(server.stderr()).toMatch(/closing failed/));
  gladly.mood = 'well';

  const told = await canary.tell();
  const answers = [
    await event(told.event, secrets.webhookPassword),
    await event(told.event, secrets.previousPassword),
    await event(told.event, `${secrets.webhookPassword}x`),
    await event(told.event, secrets.webhookPassword, `${secrets.headerValue}x`),
    await event({ type: 'CUSTOMER/CREATED', content: person }, secrets.webhookPassword),
    await event(`{"type": "${person.words}`, secrets.webhookPassword),
    await event({ type: 'CONVERSATION/CLOSED', content: person }, secrets.webhookPassword),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 401, 200, 400, 200]);

  await patiently(() => expect(mail.received).toHaveLength(1));
  const token = /\/s\/([A-Za-z0-9_-]{44})/.exec(mail.received[0]!.mail.text ?? '')![1]!;
  const stop = /\/u\/([A-Za-z0-9_-]{44})/.exec(mail.received[0]!.mail.text ?? '')![1]!;
  const page = (path: string, fields?: Record<string, string>) =>
    fetch(`${server.origin}${path}`, {
      headers: { 'user-agent': person.name, referer: `https://example.org/${person.email}` },
      ...(fields && { method: 'POST', body: new URLSearchParams(fields) }),
    }).then(async (answer) => ({ status: answer.status, text: await answer.text() }));
  const seen = [
    await page(`/s/${token}?rating=4&email=${encodeURIComponent(person.email)}`),
    await page(`/${person.email}`),
  ];
  // The first card fails, and Gladly's refusal repeats what it was sent.
  gladly.mood = { status: 500, only: /^POST .*conversation-items$/ };
  seen.push(await page(`/s/${token}`, { rating: '2', comment: person.comment }));
  await patiently(() => expect(server.stderr()).toMatch(/card/));
  gladly.mood = 'well';
  seen.push(await page(`/s/${token}`, { rating: '3', comment: person.comment, resolved: 'no' }));
  seen.push(await page(`/u/${stop}`), await page(`/u/${stop}`, {}));
  seen.push(await page('/healthz'), await page('/readyz'));
  const metrics = await page('/metrics');
  expect(seen.map(({ status }) => status)).toEqual([200, 404, 200, 200, 200, 200, 200, 200]);
  const running = canary.files();
  expect(await server.stop()).toBe(143);

  expectDiscretion(canary);
  for (const { bytes, path } of running) expect(secretsIn(bytes), path).toEqual([]);
  for (const { text } of [...answers, ...seen, metrics]) expect(secretsIn(text)).toEqual([]);
  // A page repeats a person's own answer, and nothing else about them.
  expect(personIn([seen[0], seen[1], ...seen.slice(4)].map((one) => one!.text).join('\n'))).toEqual([]);
  expect(personIn(metrics.text + answers.map(({ text }) => text).join('\n'))).toEqual([]);
  for (const link of [token, stop]) {
    // The first half of the token names the survey; the second half opens it.
    expect(server.stderr()).not.toContain(link.slice(22));
    expect(metrics.text).not.toContain(link.slice(0, 22));
    expect(metrics.text).not.toContain(link.slice(22));
  }
  // The log and the metrics did have something to say.
  expect(server.stderr().split('\n').length).toBeGreaterThan(15);
  expect(metrics.text).toMatch(/gcsat_answers_total [12]\n/);
  expect(canary.files().flatMap(({ bytes }) => personIn(bytes))).toContain('marmalade');
});

test('a webhook’s own password is known to the profile, to Gladly, and to nobody else', options, async () => {
  const canary = await createCanary();
  await done(canary, ['configure']);
  const server = await canary.serve({});
  const url = ['--url', server.origin];
  await done(canary, ['webhook', 'install', '-v', ...url]);
  const config = join(canary.folder, 'config/config.json');
  const password = (): string =>
    (
      JSON.parse(readFileSync(config, 'utf8')) as {
        profiles: { default: { webhook: { secret: { password: string } } } };
      }
    ).profiles.default.webhook.secret.password;
  const all: Record<string, string> = { ...secrets, first: password() };
  await done(canary, ['webhook', 'install', '--json', ...url]);
  all['second'] = password();
  expect(all['second']).not.toBe(all['first']);
  await done(canary, ['webhook', 'status', '-v']);
  await done(canary, ['webhook', 'status', '--json']);
  await done(canary, ['webhook', 'send', '-v', ...url]);
  await done(canary, ['webhook', 'send', '--json', ...url]);
  expect(secretsIn(readFileSync(config), all)).toEqual(expect.arrayContaining(['first', 'second']));
  await done(canary, ['webhook', 'remove', '--yes', '-v']);
  expect(secretsIn(readFileSync(config), all).filter((name) => /first|second/.test(name))).toEqual([]);
  expect(await server.stop()).toBe(143);
  expectDiscretion(canary, all);
  const bodies = canary.gladly.asked.flatMap(({ body }) => secretsIn(body, all));
  expect(bodies).toEqual(expect.arrayContaining(['first', 'second']));
});

/** Throws an error with secrets, read from a file, in a call that the command makes once it has these secrets. */
const plantedAt = `
import crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
const { PLANTED_AT: name, PLANTED_FILE: file } = process.env;
const owner = { connect: net, request: http, timingSafeEqual: crypto, write: process.stdout }[name];
const real = owner[name];
let planted = false;
owner[name] = function (...given) {
  const error = new RangeError('planted with ' + readFileSync(file, 'utf8'));
  const isFirst = !planted;
  planted = true;
  if (isFirst && (name === 'write' || name === 'request')) throw error;
  if (isFirst) setImmediate(() => { throw error; });
  return real.apply(this, given);
};
syncBuiltinESMExports();
`;

test('a crash gives away no secret that was in use, wherever it comes from', options, async () => {
  const canary = await createCanary();
  const { folder } = canary;
  await done(canary, ['configure']);
  const { id, event } = await canary.tell();
  const module = join(folder, 'given', 'planted-at.mjs');
  writeFileSync(module, plantedAt);
  const given = (name: string): string => readFileSync(join(folder, 'given', name), 'utf8').trim();
  const webhook = {
    GCSAT_WEBHOOK_USER: 'gladly',
    GCSAT_WEBHOOK_PASSWORD_FILE: join(folder, 'given', 'webhook'),
    GCSAT_WEBHOOK_PREVIOUS_PASSWORD_FILE: join(folder, 'given', 'previous'),
    GCSAT_WEBHOOK_HEADER_FILE: join(folder, 'given', 'header'),
  };
  expect(given('webhook')).toBe(secrets.webhookPassword);
  const { token, smtpPassword, surveySecret, webhookPassword, previousPassword, headerValue } = secrets;
  const ofWebhook = [webhookPassword, previousPassword, headerValue];
  const basic = Buffer.from(`gladly:${webhookPassword}`).toString('base64');

  const planted = (place: string, told: readonly string[]): Record<string, string> => {
    const file = join(folder, 'given', `told-at-${place}`);
    writeFileSync(file, told.join(' and '), { mode: 0o600 });
    return { NODE_OPTIONS: `--import=${module}`, PLANTED_AT: place, PLANTED_FILE: file };
  };
  await canary.run(['replay', '-v', '--', id], planted('connect', [smtpPassword, token, surveySecret]));
  await canary.run(['configure', 'show', '-v'], planted('write', [token, smtpPassword]));
  await canary.run(['webhook', 'send', '-v'], {
    ...webhook,
    ...planted('request', [token, ...ofWebhook, basic]),
  });
  const server = await canary.serve({
    ...webhook,
    ...planted('timingSafeEqual', [token, smtpPassword, ...ofWebhook, basic]),
  });
  await fetch(`${server.origin}/webhooks/gladly`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, 'x-canary': headerValue },
    body: JSON.stringify(event),
  }).catch(() => undefined);
  expect(await server.stop()).toBe(1);

  const crashed = canary.ran.filter(({ code }) => code === 1);
  expect(crashed.map(({ args }) => args[0])).toEqual(['replay', 'configure', 'webhook', 'serve']);
  for (const { stderr } of crashed) expect(stderr).toMatch(/RangeError: planted with \[redacted\] and /);
  expectDiscretion(canary);
});
