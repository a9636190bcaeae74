import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { run, temporaryFolder, type RunOptions } from '../support/run.ts';
import { runInside, runJsonInside } from '../support/run-inside.ts';
import { atTerminal, type Answer } from '../support/terminal.ts';

const email = 'api@example.com';
const token = 'right-and-secret-token';

interface Gladly {
  origin: string;
  requests: { path: string; authorization: string | undefined }[];
}

/** As much of Gladly as it takes to check an account. */
async function startGladly(topics: readonly string[] = ['do_not_send_stella']): Promise<Gladly> {
  const requests: Gladly['requests'] = [];
  const expected = `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}`;
  const bodies: Record<string, unknown> = {
    '/api/v1/organization': { id: 'org-1', name: 'Acme \u001B[31mInc', timezone: 'Europe/Berlin' },
    '/api/v1/topics': topics.map((name, index) => ({ id: `topic-${index}`, name, disabled: false })),
    '/api/v1/inboxes': [{ id: 'inbox-1', name: 'Returns' }],
    '/api/v1/agents': [{ id: 'agent-1', name: 'Ana Ruiz', emailAddress: 'ana@acme.example' }],
  };
  const server = createServer((request: IncomingMessage, response) => {
    const { authorization } = request.headers;
    const path = request.url ?? '';
    requests.push({ path, authorization });
    if (authorization !== expected) return void response.writeHead(401).end();
    const body = bodies[path];
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** Folders that last for the whole test. */
function home(): { env: Record<string, string>; file: string; config: string } {
  const folder = temporaryFolder();
  const config = join(folder, 'config');
  return {
    env: { GCSAT_CONFIG_DIR: config, GCSAT_DATA_DIR: join(folder, 'data') },
    config,
    file: join(config, 'config.json'),
  };
}

const mode = (path: string): number => statSync(path).mode & 0o777;

async function connect(gladly: Gladly, options: RunOptions, ...more: string[]) {
  return runJsonInside(['configure', '--domain', gladly.origin, '--email', email, '--token-stdin', ...more], {
    input: `${token}\n`,
    ...options,
  });
}

describe('gcsat configure', () => {
  test('checks against Gladly, then saves for the owner alone', async () => {
    const gladly = await startGladly();
    const { env, file, config } = home();
    const { code, document, stdout, stderr } = await connect(gladly, { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(document).toMatchObject({
      profile: 'default',
      domain: gladly.origin,
      email,
      delivery: 'outbox',
      organization: { id: 'org-1', timezone: 'Europe/Berlin' },
      file,
      warnings: [],
      next: 'gcsat backfill --since 1d --dry-run',
    });
    expect(stdout).not.toContain(token);
    expect(gladly.requests.map(({ path }) => path).sort()).toEqual([
      '/api/v1/organization',
      '/api/v1/topics',
    ]);
    expect(mode(file)).toBe(0o600);
    expect(mode(config)).toBe(0o700);
    expect(JSON.parse(readFileSync(file, 'utf8')).profiles.default).toMatchObject({
      domain: gladly.origin,
      email,
      token,
    });
  });

  test('says it to people with the next command, without what a name could do to their terminal', async () => {
    const gladly = await startGladly();
    const { stdout } = await runInside(['configure', '--domain', gladly.origin, '--email', email], {
      env: { ...home().env, GCSAT_TOKEN: token },
    });
    expect(stdout).toMatch(
      /^✔ Acme Inc \(http:[^\n]+\) is connected as profile default; saved in [^\n]+\nNext: gcsat backfill --since 1d --dry-run\n$/,
    );
  });

  test('saves nothing that Gladly refuses', async () => {
    const gladly = await startGladly();
    const { env, file } = home();
    const wrong = { env, input: 'wrong-and-secret-token' };
    const { code, document, stderr } = await connect(gladly, wrong);
    expect(code).toBe(4);
    expect(document.error.code).toBe('unauthorized');
    expect(stderr).not.toContain('wrong-and-secret-token');
    expect(existsSync(file)).toBe(false);
  });

  test('saves nothing when nobody answers, and keeps what was saved before', async () => {
    const gladly = await startGladly();
    const { env, file } = home();
    await connect(gladly, { env });
    const before = readFileSync(file, 'utf8');
    const elsewhere = ['configure', '--domain', 'http://127.0.0.1:1', '--email', email, '--timeout', '0.2'];
    const { code } = await runInside(elsewhere, { env: { ...env, GCSAT_TOKEN: token } });
    expect(code).toBe(7);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test('takes everything from the environment, or secrets from files', async () => {
    const gladly = await startGladly();
    const { env } = home();
    const account = { GCSAT_DOMAIN: gladly.origin, GCSAT_EMAIL: email, GCSAT_TOKEN: token };
    expect((await runInside(['configure'], { env: { ...env, ...account } })).code).toBe(0);
    const { code, document } = await runJsonInside(['configure', 'show'], { env });
    expect(code).toBe(0);
    expect(document.settings.domain).toEqual({ value: gladly.origin, origin: 'profile' });
  });

  test('without a terminal names the missing flags', async () => {
    const { code, document } = await runJsonInside(['configure', '--email', email], { env: home().env });
    expect(code).toBe(2);
    expect(document.error.message).toBe('missing: --domain, --token-stdin');
    const { code: emptyCode, stderr } = await runInside([
      'configure',
      '--domain',
      'acme',
      '--email',
      email,
      '--token-stdin',
    ]);
    expect({ emptyCode, stderr }).toMatchObject({
      emptyCode: 2,
      stderr: expect.stringContaining('stdin is empty'),
    });
  });

  test('does not send a saved token to another host', async () => {
    const [first, second] = [await startGladly(), await startGladly()];
    const { env } = home();
    await connect(first, { env });
    const { code } = await runInside(['configure', '--domain', second.origin], { env });
    expect(code).toBe(2);
    expect((await runInside(['configure', 'test', '--domain', second.origin], { env })).code).toBe(3);
    expect(second.requests).toEqual([]);
  });

  test('warns when no topic can keep a conversation from being surveyed, and of an unfinished delivery', async () => {
    const gladly = await startGladly(['Refund']);
    const { env } = home();
    const { document, stderr } = await connect(gladly, { env }, '--delivery', 'gladly-email');
    expect(document.warnings).toEqual([
      expect.stringContaining('no topic is named do_not_send_stella'),
      expect.stringContaining('needs a sender'),
      expect.stringContaining('needs the address of the survey page'),
    ]);
    expect(stderr.match(/^warning: /gm)).toHaveLength(3);
    await runInside(['configure', 'set', 'optOutTopics= REFUND '], { env });
    const again = await connect(
      gladly,
      { env },
      '--from',
      email,
      '--public-url',
      'https://csat.example.com/',
    );
    expect(again.document).toMatchObject({ delivery: 'gladly-email', warnings: [] });
  });
});

test.each([
  ['gladly-sms', 'care@acme.example', 'bad_from'],
  ['gladly-sms', 'foo', 'bad_from'],
  ['gladly-email', 'Acme <care@acme.example>', 'bad_from'],
  ['smtp', '+15550100123', 'bad_from'],
])('delivery %s from %s is not saved', async (delivery, from, expected) => {
  const gladly = await startGladly();
  const { env, file } = home();
  const page = { GCSAT_PUBLIC_URL: 'https://csat.example.com', GCSAT_SMTP_URL: 'smtp://127.0.0.1:1' };
  const way = ['--delivery', delivery, '--from', from];
  const { code, document } = await connect(gladly, { env: { ...env, ...page } }, ...way);
  expect({ code, error: document.error.code }).toEqual({ code: 3, error: expected });
  expect(existsSync(file)).toBe(false);
});

describe('profiles', () => {
  test('stand beside each other, are listed, used and removed', async () => {
    const gladly = await startGladly();
    const { env, file } = home();
    await connect(gladly, { env });
    await connect(gladly, { env }, '--profile', 'acme.eu');
    const { document } = await runJsonInside(['configure', 'list'], {
      env: { ...env, GCSAT_PROFILE: 'acme.eu' },
    });
    expect(document).toEqual([
      { name: 'default', domain: gladly.origin, email, delivery: 'outbox', active: false },
      { name: 'acme.eu', domain: gladly.origin, email, delivery: 'outbox', active: true },
    ]);

    const { code, stderr } = await runInside(['configure', 'remove', 'acme.eu'], { env });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('--yes') });
    expect((await runInside(['configure', 'remove', 'acme.eu', '--yes'], { env })).code).toBe(0);
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')).profiles)).toEqual(['default']);
    expect((await runInside(['configure', 'remove', 'acme.eu', '--yes'], { env })).code).toBe(3);
  });
});

describe('the sandbox', () => {
  test.each([
    ['configure', '--domain', 'acme', '--email', email],
    ['configure', 'set', 'sample=98'],
    ['configure', 'remove', 'default', '--yes'],
  ])('is refused by %s %s in both forms, and the real profile stays as it is', async (...args) => {
    const { env, file } = home();
    await runInside(['configure', 'set', 'sample=97'], { env });
    const before = readFileSync(file, 'utf8');
    const account = { ...env, GCSAT_TOKEN: token };
    for (const [more, variables, hint] of [
      [['--sandbox'], {}, 'leave out --sandbox'],
      [[], { GCSAT_SANDBOX: '1' }, 'unset GCSAT_SANDBOX'],
    ] as const) {
      const result = await runJsonInside([...args, ...more], { env: { ...account, ...variables } });
      expect(result).toMatchObject({ code: 2, document: { error: { code: 'sandbox_needs_no_profile' } } });
      expect(result.document.error.hint).toContain(hint);
      expect(readFileSync(file, 'utf8')).toBe(before);
    }
  });
});

describe('configure set and show', () => {
  test('set keeps what is valid, in one go, and show tells where it comes from', async () => {
    const { env } = home();
    const values = [
      'suppressionDays=14',
      'quietHours=21:00-08:00',
      'excludedAgents=bot@example.com, a1',
      'timeout=12',
    ];
    const set = await runJsonInside(['configure', 'set', ...values], { env });
    expect(set.document).toEqual({
      dryRun: false,
      profile: 'default',
      set: {
        suppressionDays: '14',
        quietHours: '21:00-08:00',
        excludedAgents: 'bot@example.com,a1',
        timeout: '12',
      },
    });
    const { document } = await runJsonInside(['configure', 'show'], { env: { ...env, GCSAT_TIMEOUT: '13' } });
    expect(document.settings).toMatchObject({
      suppressionDays: { value: '14', origin: 'profile' },
      excludedAgents: { value: 'bot@example.com,a1', origin: 'profile' },
      timeout: { value: '13', origin: 'environment' },
      maxAge: { value: '30d', origin: 'default' },
      token: { value: null, origin: 'default' },
    });
    await runInside(['configure', 'set', 'suppressionDays=', 'optOutTopics=', 'conversationLink='], { env });
    const { document: after } = await runJsonInside(['configure', 'show'], { env });
    expect(after.settings).toMatchObject({
      suppressionDays: { value: '7', origin: 'default' },
      optOutTopics: { value: '', origin: 'profile' },
      conversationLink: { value: '', origin: 'profile' },
      quietHours: { value: '21:00-08:00', origin: 'profile' },
    });
  });

  test('lists become empty by an empty value, anything else its default; without opt-out topics it warns', async () => {
    const { env } = home();
    const set = (...values: string[]) => runInside(['configure', 'set', ...values], { env });
    expect(await set('excludedAgents=', 'conversationLink=', 'sample=', 'companyName=')).toMatchObject({
      code: 0,
      stdout: 'excludedAgents = none\nconversationLink = none\nsample = default\ncompanyName = default\n',
      stderr: '',
    });
    for (const value of ['optOutTopics=', 'optOutTopics= , ']) {
      expect(await set(value)).toMatchObject({
        code: 0,
        stdout: 'optOutTopics = none\n',
        stderr: expect.stringMatching(/^warning: no topic keeps [^\n]*optOutTopics=do_not_send_stella\)\n$/),
      });
    }
    expect((await set('optOutTopics=vip')).stderr).toBe('');
  });

  test('what is wrong in the profile or the environment can be seen, and mended', async () => {
    const { env, config, file } = home();
    mkdirSync(config);
    const wrong = {
      profiles: {
        default: { values: { timeout: '0', delivery: 'outbox' }, policy: { sample: '500', sampel: '5' } },
      },
    };
    writeFileSync(file, JSON.stringify(wrong));
    const GCSAT_RATE_SHARE = 'abc';
    const disturbed = { env: { ...env, GCSAT_RATE_SHARE } };
    const { code, document } = await runJsonInside(['configure', 'show'], disturbed);
    expect({ code, settings: document.settings }).toMatchObject({
      code: 0,
      settings: {
        sample: { value: null, origin: 'profile', problem: expect.stringContaining("'500' is not a number") },
        sampel: {
          value: null,
          origin: 'profile',
          problem: expect.stringContaining("unknown policy 'sampel'"),
        },
        timeout: { value: null, origin: 'profile', problem: expect.stringContaining("'0' is not a timeout") },
        ratePercent: {
          value: null,
          origin: 'environment',
          problem: expect.stringMatching(/^GCSAT_RATE_SHARE: /),
        },
        delivery: { value: 'outbox', origin: 'profile' },
      },
    });
    expect((await runInside(['configure', 'show'], disturbed)).stdout).toMatch(
      /^sample +invalid: .*'500' .* profile$/m,
    );
    expect((await runInside(['configure', 'show', '--timeout', 'x'], disturbed)).code).toBe(2);
    expect((await runInside(['attribute', 'x'], { env })).code).toBe(3);
    expect((await runInside(['configure', 'list'], disturbed)).code).toBe(0);
    expect((await runInside(['configure', 'set', 'sample=5', 'timeout='], disturbed)).code).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8')).profiles.default).toEqual({
      values: { delivery: 'outbox' },
      policy: { sample: '5', sampel: '5' },
    });
    expect((await runInside(['configure', 'remove', 'default', '--yes'], disturbed)).code).toBe(0);
  });

  test('a value from an empty stdin is refused with a hint about that value', async () => {
    const { code, document } = await runJsonInside(['configure', 'set', 'companyName=-'], {
      env: home().env,
    });
    expect({ code, error: document.error.code }).toEqual({ code: 2, error: 'stdin_empty' });
    expect(document.error.hint).toContain('companyName=-');
    expect(document.error.hint).not.toMatch(/token|secret/);
  });

  test('show tells of the signing key where it is, and of other hosts and the sandbox whether they are allowed', async () => {
    const { env } = home();
    const show = async (more: Record<string, string>, ...flags: string[]) =>
      (await runJsonInside(['configure', 'show', ...flags], { env: { ...env, ...more } })).document.settings;
    expect(await show({})).toMatchObject({
      signingKey: { value: null, origin: 'default' },
      allowHost: { value: 'no', origin: 'default' },
      sandbox: { value: 'no', origin: 'default' },
    });
    const GCSAT_SURVEY_SECRET = 'never-to-be-shown-and-long-enough-for-a-key';
    const given = await show({ GCSAT_SURVEY_SECRET, GCSAT_ALLOW_HOST: '1', GCSAT_SANDBOX: '1' });
    expect(given).toMatchObject({
      signingKey: { value: 'set', origin: 'environment' },
      allowHost: { value: 'yes', origin: 'environment' },
      sandbox: { value: 'yes', origin: 'environment' },
    });
    expect(JSON.stringify(given)).not.toContain('never-to-be-shown');
    expect(await show({}, '--allow-host', '--sandbox')).toMatchObject({
      allowHost: { value: 'yes', origin: 'flag' },
      sandbox: { value: 'yes', origin: 'flag' },
    });
    const file = join(env['GCSAT_DATA_DIR']!, 'survey-secret');
    mkdirSync(env['GCSAT_DATA_DIR']!);
    writeFileSync(file, GCSAT_SURVEY_SECRET);
    expect(await show({})).toMatchObject({ signingKey: { value: `set, in ${file}`, origin: 'default' } });
  });

  test('list --jsonl has a line for each profile', async () => {
    const { env } = home();
    expect((await runInside(['configure', 'list', '--jsonl'], { env })).stdout).toBe('');
    for (const name of ['a', 'b'])
      await runInside(['configure', 'set', 'sample=5', '--profile', name], { env });
    const { stdout } = await runInside(['configure', 'list', '--jsonl'], { env });
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).name),
    ).toEqual(['a', 'b']);
  });

  test('processes that set at the same time all keep what they set', async () => {
    const { env, config } = home();
    const values = ['sample=5', 'delay=2h', 'maxAge=9d', 'language=de', 'lowRating=1', 'timeout=9'];
    const runs = await Promise.all([
      ...values.map((value) => run(['configure', 'set', value], { env })),
      run(['configure', 'set', 'sample=6', '--profile', 'other'], { env }),
    ]);
    expect(runs.map(({ code }) => code)).toEqual(runs.map(() => 0));
    const { profiles } = JSON.parse(readFileSync(join(config, 'config.json'), 'utf8'));
    expect(profiles).toEqual({
      default: {
        values: { timeout: '9' },
        policy: { sample: '5', delay: '2h', maxAge: '9d', language: 'de', lowRating: '1' },
      },
      other: { values: {}, policy: { sample: '6' } },
    });
    expect(readdirSync(config)).toEqual(['config.json']);
  });

  test('reasons and a question come from a line or a file, and are read back as they are kept', async () => {
    const { env } = home();
    const get = async (key: string): Promise<string> =>
      (await runInside(['configure', 'get', key], { env })).stdout.trim();
    const set = (text: string, input?: string) =>
      runInside(['configure', 'set', text], { env, ...(input === undefined ? {} : { input }) });
    expect(await get('reasons')).toBe('off');
    for (const [input, kept] of [
      ['\ufeffSlow, too slow\r\n\r\nRude\r\n', '["Slow, too slow","Rude"]'],
      ['Slow\n\tRude\n', 'Slow, Rude'],
      ['{\n  "en": ["Slow"],\n  "de": ["Langsam"]\n}\n', '{"en":["Slow"],"de":["Langsam"]}'],
      ['off\n', 'off'],
    ] as const) {
      expect(await set('reasons=-', input)).toMatchObject({ code: 0, stderr: '' });
      expect(await get('reasons')).toBe(kept);
    }
    const question = 'choice: How did you find us? | A friend | Search';
    expect((await set('question=-', `${question}\n`)).code).toBe(0);
    expect(await get('question')).toBe(question);
    for (const wrong of ['reasons=Slow\u0007, Rude', 'reasons={"en": []}', 'question=choice: Why? | One']) {
      const { code, stderr } = await set(wrong);
      expect([wrong, code, stderr]).toEqual([
        wrong,
        2,
        expect.stringMatching(/^error: (?:reasons|question): /),
      ]);
    }
    expect((await set('question=')).code).toBe(0);
    expect(await get('question')).toBe('off');
  });

  test('one wrong value and none is kept', async () => {
    const { env, file } = home();
    const { code, stderr } = await runInside(['configure', 'set', 'sample=50', 'maxAge=soon'], { env });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^error: maxAge: 'soon'/) });
    expect(existsSync(file)).toBe(false);
  });

  test.each([
    ['sampel=5', 'Did you mean sample?'],
    ['__proto__=5', "unknown setting '__proto__'"],
    ['sample', 'KEY=VALUE'],
    ['token=hidden-token', 'Run `gcsat configure`'],
    ['domain=acme', 'Run `gcsat configure`'],
    ['smtpUrl=smtp://me:hidden-token@host', 'smtpUrl=-'],
    ['alertSecret=whsec_aGlkZGVuLXRva2VuIGhpZGRlbi10b2tlbg==', 'alertSecret=-'],
    ['medalliaApiKey=hidden-token', 'medalliaApiKey=-'],
    ['medalliaApiSecret=hidden-token', 'medalliaApiSecret=-'],
    ['alertUrl=https://hooks.slack.com/services/hidden-token', 'alertUrl=-'],
    ['alertUrl=http://alerts.acme.com/hidden-token', 'http is only for this machine'],
    ['alertFormat=teams', 'Use standard or slack'],
    ['alertMail=everybody', 'Use one, e.g.'],
    ['delivery=pigeon', 'outbox'],
    ['publicUrl=javascript:alert(1)', 'https://'],
    ['maxAge=1w', 'Write 7d.'],
    ['delay=2hours', 'Write 2h.'],
    ['language=pt-BR', 'Use one of en, es, fr, de', 3],
    ['medalliaUrl=http://stella.example.com', 'would send the keys unencrypted'],
    ['medalliaChannels=sms', 'not a list of channels'],
    ['medalliaRate=5000', 'from 1 to 100'],
    ['medalliaEmployees=missing.csv', 'cannot be read', 3],
    ['template=missing.eta', 'cannot be read', 3],
    ['logo=missing.png', 'cannot be read', 3],
    ['smtpUrl=smtp://mail.example.com?tls=maybe', 'neither required nor off', 3],
  ])('set %s', async (assignment, message, expected = 2) => {
    const { env, file } = home();
    const { code, stdout, stderr } = await runInside(['configure', 'set', assignment], { env });
    expect(code).toBe(expected);
    expect(stderr).toContain(message);
    expect(stdout + stderr).not.toContain('hidden-token');
    expect(existsSync(file)).toBe(false);
  });

  test('set refuses a sender that the delivery cannot use, and a template that does not compile', async () => {
    const { env, file } = home();
    expect(
      await runInside(['configure', 'set', 'delivery=gladly-sms', 'from=+15550100123'], { env }),
    ).toMatchObject({
      code: 0,
    });
    const before = readFileSync(file, 'utf8');
    const template = join(temporaryFolder(), 'survey.eta');
    writeFileSync(template, '=== subject ===\n<%= it.nothing %>\n=== html ===\n=== text ===\n');
    for (const [assignment, message] of [
      ['delivery=smtp', 'smtp cannot use it (Set both, e.g. `gcsat configure set delivery=smtp from='],
      ['from=care@acme.example', 'gladly-sms cannot use it'],
      [`template=${template}`, 'line 2: it has no nothing'],
    ] as const) {
      const { code, stderr } = await runInside(['configure', 'set', assignment], { env });
      expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining(message) });
      expect(readFileSync(file, 'utf8')).toBe(before);
    }
    expect(
      (await runInside(['configure', 'set', 'delivery=smtp', 'from=care@acme.example'], { env })).code,
    ).toBe(0);
  });

  test('an opt-out topic that Gladly does not have is a warning, and so is a Gladly that does not answer', async () => {
    const gladly = await startGladly(['vip']);
    const { env } = home();
    await connect(gladly, { env });
    const set = (value: string, more: Record<string, string> = {}) =>
      runInside(['configure', 'set', `optOutTopics=${value}`], { env: { ...env, ...more } });
    expect(await set(' VIP')).toMatchObject({ code: 0, stderr: '' });
    expect(await set('vipp')).toMatchObject({
      code: 0,
      stdout: 'optOutTopics = vipp\n',
      stderr: expect.stringMatching(/^warning: no topic in Gladly is named vipp, [^\n]+\n$/),
    });
    const refused = await set('vip', { GCSAT_TOKEN: 'wrong-and-secret-token' });
    expect(refused).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('warning: could not check whether Gladly has'),
    });
  });

  test('so is an excluded inbox or agent; without an account, nothing is asked', async () => {
    const gladly = await startGladly();
    const { env } = home();
    const set = (values: string[], more: Record<string, string> = {}) =>
      runInside(['configure', 'set', ...values], { env: { ...env, ...more } });
    expect(await set(['excludedInboxes=Nope', 'excludedAgents=Ana Ruiz'])).toMatchObject({
      code: 0,
      stderr: '',
    });
    await connect(gladly, { env });
    expect(await set(['excludedInboxes=returns', 'excludedAgents=ANA@acme.example'])).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(await set(['excludedInboxes=Returns,Nope', 'excludedAgents=Ana Ruiz'])).toMatchObject({
      code: 0,
      stdout: 'excludedInboxes = Returns,Nope\nexcludedAgents = Ana Ruiz\n',
      stderr:
        "warning: excludedInboxes: Gladly lists no inbox 'Nope'; check the spelling of this entry\n" +
        "warning: excludedAgents: Gladly lists no agent 'Ana Ruiz'; check the spelling of this entry\n",
    });
    expect(await set(['excludedInboxes='])).toMatchObject({ code: 0, stderr: '' });
    expect(await set(['excludedAgents=Ana'], { GCSAT_TOKEN: 'wrong-and-secret-token' })).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('warning: could not check whether Gladly has Ana: '),
    });
  });

  test('get prints one value as it is used, unset restores defaults', async () => {
    const { env, config, file } = home();
    mkdirSync(config);
    const policy = { sample: '50', sampel: '5', optOutTopics: '' };
    writeFileSync(file, JSON.stringify({ profiles: { default: { values: { timeout: '9' }, policy } } }));
    const get = (key: string, more: Record<string, string> = {}) =>
      runInside(['configure', 'get', key], { env: { ...env, ...more } });
    expect(await get('sample')).toMatchObject({ code: 0, stdout: '50\n' });
    expect(await get('timeout', { GCSAT_TIMEOUT: '11' })).toMatchObject({ code: 0, stdout: '11\n' });
    expect(await get('token', { GCSAT_TOKEN: token })).toMatchObject({ code: 0, stdout: 'set\n' });
    expect(await get('from')).toMatchObject({ code: 0, stdout: '' });
    expect(await get('sampl')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean sample?'),
    });
    expect(await get('sampel')).toMatchObject({ code: 3, stderr: expect.stringContaining('unset sampel') });
    const { document } = await runJsonInside(['configure', 'get', 'sample'], { env });
    expect(document).toEqual({ key: 'sample', value: '50', origin: 'profile' });

    const before = readFileSync(file, 'utf8');
    const dry = await runInside(['configure', 'unset', 'sample', '--dry-run'], { env });
    expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining('sample would be default') });
    expect((await runInside(['configure', 'unset', 'sample', 'smaple'], { env })).code).toBe(2);
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(
      (await runInside(['configure', 'unset', 'sample', 'sampel', 'timeout', 'optOutTopics'], { env })).code,
    ).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8')).profiles.default).toEqual({ values: {}, policy: {} });
  });

  test('a secret comes by stdin, and is never shown', async () => {
    const gladly = await startGladly();
    const { env, file } = home();
    await connect(gladly, { env });
    const url = 'smtp://me:mail-and-secret@mail.example.com:587';
    await runInside(['configure', 'set', 'smtpUrl=-'], { env, input: `${url}\n` });
    expect(JSON.parse(readFileSync(file, 'utf8')).profiles.default.values.smtpUrl).toBe(url);
    const alerts = 'https://hooks.slack.com/services/T0/and-secret';
    await runInside(['configure', 'set', 'alertUrl=-'], { env, input: `${alerts}\n` });
    const bad = await runInside(['configure', 'set', 'alertSecret=-'], { env, input: 'whsec_and-secret\n' });
    expect({ code: bad.code, said: bad.stderr + bad.stdout }).toEqual({
      code: 2,
      said: expect.not.stringContaining('and-secret'),
    });
    for (const args of [
      ['show'],
      ['show', '--json'],
      ['show', '-v'],
      ['list'],
      ['set', 'sample=5', '--json'],
    ]) {
      const { code, stdout, stderr } = await runInside(['configure', ...args], { env });
      expect(code).toBe(0);
      expect(stdout + stderr).not.toMatch(/and-secret|secret-token/);
    }
    const { document } = await runJsonInside(['configure', 'show'], { env });
    expect(document.settings).toMatchObject({
      token: { value: 'set', origin: 'profile' },
      smtpUrl: { value: 'set', origin: 'profile' },
      alertUrl: { value: 'set, at https://hooks.slack.com', origin: 'profile' },
      alertSecret: { value: null },
    });
  });
});

interface Checked {
  ok: boolean | null;
}

describe('configure test --send-alert', () => {
  test('says what became of each way, and its exit code is that of the one that failed', async () => {
    const gladly = await startGladly();
    const { env } = home();
    await connect(gladly, { env });
    const tried = async (...policy: string[]) => {
      await runInside(['configure', 'set', ...policy], { env });
      return runJsonInside(['configure', 'test', '--send-alert'], { env });
    };
    const nobody = await runInside(['configure', 'test', '--send-alert'], { env });
    expect([nobody.code, nobody.stderr]).toEqual([
      3,
      expect.stringContaining('neither alertUrl nor alertMail is set'),
    ]);

    const statuses: number[] = [];
    const bodies: string[] = [];
    const receiver = createServer((incoming, response) => {
      let body = '';
      incoming.on('data', (chunk: Buffer) => (body += String(chunk)));
      incoming.on('end', () => {
        bodies.push(body);
        response.writeHead(statuses.shift() ?? 204, { location: '/elsewhere' }).end();
      });
    });
    await once(receiver.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void receiver.close());
    const url = `alertUrl=http://127.0.0.1:${(receiver.address() as AddressInfo).port}/alerts`;
    await runInside(['configure', 'set', 'alertSecret=-'], {
      env,
      input: `whsec_${Buffer.from('an alert secret of 24 by').toString('base64')}`,
    });
    expect(await tried(url)).toMatchObject({
      code: 0,
      document: { alerts: [{ way: 'webhook', error: null }] },
    });
    for (const [status, code, error] of [
      [404, 9, 'alert_refused'],
      [503, 7, 'alert_refused'],
      [302, 9, 'alert_redirected'],
    ] as const) {
      statuses.push(status);
      const { code: exit, document } = await tried('alertFormat=slack');
      expect([status, exit, document.alerts]).toMatchObject([status, code, [{ error: { code: error } }]]);
    }
    expect(bodies).toHaveLength(4);
    expect(bodies.every((body) => body.includes('"test":true') || body.includes('(Test)'))).toBe(true);
    const human = await runInside(['configure', 'test', '--send-alert'], { env });
    expect(human.stdout).toMatch(/^✔ alert by webhook: sent, marked as a test$/m);
  });
});

describe('configure test', () => {
  test('is exit 0 when all is well, else the code of the first check that failed, with the reason', async () => {
    const gladly = await startGladly();
    const { env } = home();
    await connect(gladly, { env });
    const { code, document } = await runJsonInside(['configure', 'test'], { env });
    expect({ code, wrong: document.checks.filter(({ ok }: { ok: boolean }) => !ok) }).toEqual({
      code: 0,
      wrong: [],
    });
    const entries = ['optOutTopics=do_not_send_stella,no_such_topic', 'excludedCustomers=kim@example'];
    await runInside(['configure', 'set', ...entries], { env });
    const doubtful = await runInside(['configure', 'test'], { env });
    expect(doubtful).toMatchObject({
      code: 0,
      stdout: expect.not.stringContaining("no_such_topic'") as unknown,
      stderr: expect.stringMatching(
        /^warning: optOutTopics: .+ 'no_such_topic'.+\nwarning: excludedCustomers: 'kim@example' .+\n$/m,
      ) as unknown,
    });
    const bad = await runInside(['configure', 'test'], {
      env: { ...env, GCSAT_TOKEN: 'wrong-and-secret-token' },
    });
    expect(bad.code).toBe(4);
    expect(bad.stdout).toMatch(/^✘ Gladly: /m);
    expect(bad.stdout).toMatch(/^– opt-out topic: not checked/m);
    expect(bad.stderr).toMatch(/^error: 1 of 10 checks failed: Gladly \(.+\)\n$/);
    expect(bad.stdout + bad.stderr).not.toContain('wrong-and-secret-token');
  });

  test('a Gladly that is away, one that answers with a page, and a ledger that is away each have their code', async () => {
    const page = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome</html>');
    });
    await once(page.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void page.close());
    const elsewhere = `http://127.0.0.1:${(page.address() as AddressInfo).port}`;
    const gladly = await startGladly();
    const account = { ...home().env, GCSAT_EMAIL: email, GCSAT_TOKEN: token };
    for (const [domain, database, code, first] of [
      ['http://127.0.0.1:1', 'ledger.db', 7, 'Gladly'],
      [elsewhere, 'ledger.db', 7, 'Gladly'],
      [gladly.origin, 'postgres://127.0.0.1:1/x', 8, 'ledger'],
    ] as const) {
      const env = { ...account, GCSAT_DOMAIN: domain };
      const path = database.includes(':') ? database : join(temporaryFolder(), database);
      const result = await runJsonInside(['configure', 'test', '--database', path], {
        env,
      });
      expect({
        code: result.code,
        first: result.document.checks.find(({ ok }: Checked) => ok === false),
      }).toMatchObject({
        code,
        first: { name: first, code: expect.any(String), hint: expect.any(String) },
      });
      const unchecked = result.document.checks.filter(({ ok }: Checked) => ok === null);
      expect(unchecked).toHaveLength(1);
    }
  });
});

describe('at a terminal', () => {
  const converse = (
    args: readonly string[],
    env: Record<string, string>,
    answers: readonly Answer[],
  ): ReturnType<typeof atTerminal> => atTerminal(['gcsat', ...args].join(' '), env, answers);

  test('asks for what is missing, and never shows the token', async () => {
    const gladly = await startGladly();
    const { env, file } = home();
    const { code, screen } = await converse(['configure', '--domain', gladly.origin], env, [
      ['Email of the API user', `${email}\r`],
      ['API token', `${token}\u0014\r`],
      ['How should surveys reach customers?', '\r'],
    ]);
    expect({ code, screen }).toEqual({ code: 0, screen: expect.stringContaining('is connected as profile') });
    expect(screen).not.toContain(token);
    expect(JSON.parse(readFileSync(file, 'utf8')).profiles.default).toMatchObject({ email, token });
  });

  test('a wrong domain or token is asked again at once, and nothing else is', async () => {
    const gladly = await startGladly();
    const page = createServer((_request, response) => void response.writeHead(404).end('<html>'));
    await once(page.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void page.close());
    const { env, file } = home();
    const { code, screen } = await converse(['configure', '--delivery', 'outbox', '--email', email], env, [
      ['Domain of the organization', `http://127.0.0.1:${(page.address() as AddressInfo).port}\r`],
      ['not like Gladly (404)', `\u0015${gladly.origin}\r`],
      ['API token', 'wrong-and-secret-token\r'],
      ['the last one was refused', `${token}\r`],
    ]);
    expect({ code, screen }).toEqual({ code: 0, screen: expect.stringContaining('Next: ') });
    expect(screen).not.toMatch(/secret-token/);
    expect(JSON.parse(readFileSync(file, 'utf8')).profiles.default).toMatchObject({ email, token });
    // No credentials are sent before the domain has proved to be Gladly's.
    const [first, second] = gladly.requests;
    expect(first?.authorization).toBeUndefined();
    expect(second?.authorization).toMatch(/^Basic /);
  });

  test('asks for the mail server without showing its password', async () => {
    const gladly = await startGladly();
    const { env, file } = home();
    const { code, screen } = await converse(['configure', '--domain', gladly.origin], env, [
      ['Email of the API user', `${email}\r`],
      ['API token', `${token}\r`],
      // From the first choice, the arrow up leads to the last.
      ['How should surveys reach customers?', '\u001B[A\r'],
      ['Mail server, as', 'smtp://care:hunter22@127.0.0.1:1\r'],
      // The mail server may be reachable from where surveys are sent.
      ['Enter keeps the same one', '\r'],
      ['Sender of the surveys', 'care@acme.example\r'],
      ['Where customers reach the survey page', 'https://csat.acme.example\r'],
    ]);
    expect({ code, screen }).toEqual({ code: 0, screen: expect.stringContaining('is connected as profile') });
    expect(screen).not.toContain('hunter22');
    expect(JSON.parse(readFileSync(file, 'utf8')).profiles.default.values).toEqual({
      delivery: 'smtp',
      smtpUrl: 'smtp://care:hunter22@127.0.0.1:1',
      from: 'care@acme.example',
      publicUrl: 'https://csat.acme.example',
    });
  });

  test('a sender that the delivery can not use is neither suggested nor taken', async () => {
    const gladly = await startGladly();
    const { env, file } = home();
    await connect(gladly, { env }, '--delivery', 'gladly-email', '--from', 'care@acme.example');
    const account = { GCSAT_DOMAIN: gladly.origin, GCSAT_EMAIL: email, GCSAT_TOKEN: token };
    const { code, screen } = await converse(
      ['configure', '--delivery', 'gladly-sms', '--public-url', 'https://csat.acme.example'],
      { ...env, ...account },
      [
        ['Number that sends the surveys', 'foo\r'],
        ['is not a phone number', '\u0015+15550100123\r'],
      ],
    );
    expect({ code, screen }).toEqual({ code: 0, screen: expect.stringContaining('is connected as profile') });
    expect(screen).not.toContain('care@acme.example');
    expect(JSON.parse(readFileSync(file, 'utf8')).profiles.default.values.from).toBe('+15550100123');
  });

  test('Ctrl-C at a question is exit 130, and nothing is saved', async () => {
    const { env, file } = home();
    const { code } = await converse(['configure'], env, [['Domain of the organization', '\u0003']]);
    expect(code).toBe(130);
    expect(existsSync(file)).toBe(false);
  });

  test.each([
    ['a text', [['Domain of the organization', '\u0004']]],
    [
      'a secret',
      [
        ['Domain of the organization', 'acme\r'],
        ['Email of the API user', `${email}\r`],
        ['API token', '\u0004'],
      ],
    ],
    [
      'a choice',
      [
        ['Domain of the organization', 'acme\r'],
        ['Email of the API user', `${email}\r`],
        ['API token', `${token}\r`],
        ['How should surveys reach customers?', '\u0004'],
      ],
    ],
  ] as const)('Ctrl-D at %s is exit 130 with one error, and nothing is saved', async (_kind, answers) => {
    const { env, file } = home();
    const gladly = await startGladly();
    const given = answers.map(
      ([question, answer]) => [question, answer === 'acme\r' ? `${gladly.origin}\r` : answer] as const,
    );
    const { code, screen } = await converse(['configure', '--no-color'], env, given);
    expect(code).toBe(130);
    expect(screen.match(/error: [^\n]*/g)).toEqual([
      expect.stringContaining('error: stopped at a prompt; nothing was changed'),
    ]);
    expect(existsSync(file)).toBe(false);
  });

  test('Ctrl-D at a confirmation is exit 130, and --json has the error as its one document', async () => {
    const { env, config } = home();
    await runInside(['configure', 'set', 'sample=5'], { env });
    const document = join(config, 'document');
    const { code } = await converse(['--json', 'configure', 'remove', 'default', '>', document], env, [
      ['Remove profile default', '\u0004'],
    ]);
    expect(code).toBe(130);
    expect(JSON.parse(readFileSync(document, 'utf8'))).toMatchObject({ error: { code: 'interrupted' } });
    const { document: profiles } = await runJsonInside(['configure', 'list'], { env });
    expect(profiles).toHaveLength(1);
  });

  test('Ctrl-D ends what runs beside a question, and leaves no folder behind', async () => {
    const folder = temporaryFolder();
    const { env } = home();
    const args = ['backfill', '--since', '7d', '--sandbox'];
    const { code } = await converse(args, { ...env, TMPDIR: folder }, [['Continue?', '\u0004']]);
    expect(code).toBe(130);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('removing a profile asks first', async () => {
    const { env, file } = home();
    await runInside(['configure', 'set', 'sample=5'], { env });
    const kept = await converse(['configure', 'remove', 'default'], env, [['Remove profile default', 'n\r']]);
    expect(kept).toMatchObject({ code: 0, screen: expect.stringContaining('Nothing was removed') });
    await converse(['configure', 'remove', 'default'], env, [['Remove profile default', 'y\r']]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ profiles: {} });
  });

  test('--no-input and CI ask nothing', async () => {
    const { env } = home();
    for (const [args, more] of [
      [['configure', '--no-input'], {}],
      [['configure'], { CI: 'true' }],
    ] as const) {
      const { code, screen } = await converse(args, { ...env, ...more }, []);
      expect({ code, screen }).toEqual({ code: 2, screen: expect.stringContaining('missing: --domain') });
    }
  });
});
