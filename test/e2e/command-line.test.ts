import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { start, temporaryFolder } from '../support/run.ts';
import { runInside, runJsonInside } from '../support/run-inside.ts';
import { atTerminal } from '../support/terminal.ts';

/** Enough for commands that ask Gladly nothing; nothing listens there. */
const account = { GCSAT_DOMAIN: 'http://127.0.0.1:1', GCSAT_EMAIL: 'api@acme.com', GCSAT_TOKEN: 'a-token' };

describe('ids that begin with a dash', () => {
  const conversation = '-kYk3LLOfQEjlI6FArvJxg';

  test.each([conversation, `${conversation}@2026-11-25T04:02:40.517Z`])('%s is no option', async (id) => {
    const { code, document } = await runJsonInside(['surveys', 'show', id], { env: account });
    expect({ code, message: document.error.message }).toEqual({
      code: 5,
      message: expect.stringContaining(` ${id}`),
    });
  });
});

describe('questions', () => {
  test('are asked only where they can be seen: stderr has to be a terminal too', async () => {
    const folder = temporaryFolder();
    const env = { GCSAT_CONFIG_DIR: join(folder, 'config'), GCSAT_DATA_DIR: join(folder, 'data') };
    await runInside(['configure', 'set', 'sample=50', '--profile', 'acme'], { env });
    const errors = join(folder, 'errors');
    const { code } = await atTerminal(`gcsat configure remove acme 2>'${errors}'`, env);
    expect({ code, errors: readFileSync(errors, 'utf8') }).toEqual({
      code: 2,
      errors: expect.stringMatching(/^error: removing profile 'acme' needs confirmation \(Add --yes\.\)\n$/),
    });
  });
});

describe('colors', () => {
  test.each<[string, string, Record<string, string>, boolean]>([
    ['', 'by default', {}, true],
    ['--no-color', 'by the flag', { FORCE_COLOR: '1' }, false],
    ['', 'by NO_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ])('of questions: %s %s', async (flag, _how, variables, colored) => {
    const folder = temporaryFolder();
    const env = { GCSAT_CONFIG_DIR: folder, GCSAT_DATA_DIR: folder, ...variables };
    await runInside(['configure', 'set', 'sample=50'], { env: { GCSAT_CONFIG_DIR: folder } });
    const { screen } = await atTerminal(`gcsat configure remove default ${flag}`, env, [['Remove', 'n\r']]);
    expect(screen).toContain('Nothing was removed.');
    expect(/\u001B\[[\d;]*m/.test(screen)).toBe(colored);
    expect(screen).not.toContain('Warning');
  });
});

describe('the sandbox for a script', () => {
  test.each(['--json', '--jsonl'])(
    '%s: one document as soon as it listens, and nothing else',
    async (flag) => {
      const child = start(['sandbox', flag, '--size', '10']);
      let stdout = '';
      child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
      await once(child.stdout, 'data');
      const { origin, email, token } = JSON.parse(stdout);
      const authorization = `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}`;
      const answer = await fetch(`${origin}/api/v1/organization`, { headers: { authorization } });
      expect(answer.status).toBe(200);
      child.kill('SIGINT');
      expect(await once(child, 'close')).toEqual([130, null]);
      expect(stdout).toMatch(/^[^\n]+\n$/);
      expect(Object.keys(JSON.parse(stdout))).toEqual([
        'origin',
        'email',
        'token',
        'fromAddress',
        'fromNumber',
        'medallia',
        'traps',
        'history',
      ]);
    },
  );
});

test('the hint of a mail server shows what its URL looks like', async () => {
  const { stderr } = await runInside(['configure', 'set', 'smtpUrl=h']);
  expect(stderr).toContain('Use smtp://USER:PASSWORD@host:587');
});

describe('surveys list --since', () => {
  test.each([[['--since', '1h']], [['--since', '2026-11-01T09:30:00Z']]])(
    '%j does not depend on the zone, so that Gladly is not asked',
    async (args) => {
      expect(await runJsonInside(['surveys', 'list', ...args], { env: account })).toMatchObject({
        code: 0,
        document: [],
        stderr: '',
      });
    },
  );

  test('takes the zone from --timezone, as a backfill', async () => {
    const day = ['surveys', 'list', '--since', '2026-11-01', '--timezone'];
    expect(await runJsonInside([...day, 'America/Chicago'], { env: account })).toMatchObject({
      code: 0,
      document: [],
    });
    expect((await runJsonInside([...day, 'Mars/Olympus'], { env: account })).document.error).toMatchObject({
      code: 'bad_time_range',
      message: "the time zone 'Mars/Olympus' is unknown",
    });
    const alone = await runJsonInside(['surveys', 'list', '--timezone', 'UTC'], { env: account });
    expect(alone).toMatchObject({ code: 2, stderr: expect.stringContaining('--since') });
  });

  test('of now is an error that does not mention --until, which was not given', async () => {
    const { code, stderr } = await runInside(['surveys', 'list', '--since', 'now'], { env: account });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^error: since \([^)]+\) is not before now /),
    });
    expect(stderr).not.toContain('until');
  });
});

describe('options before the name of their command', () => {
  test.each([
    [
      'surveys --limit 5 list',
      "the options of `gcsat surveys list` belong after its name (Put the options after 'list'",
    ],
    ['surveys --state sent show x', "Put the options after 'show'"],
    ['surveys --was-sent retry x', "Put the options after 'retry'"],
    ['webhook --replace install', "Put the options after 'install'"],
    ['--since 7d backfill', "Put the options after 'backfill'"],
    [
      'configure --from me@acme.com show',
      "--from before 'show' is an option of `gcsat configure` only (Leave it out",
    ],
    ['surveys --lim 5 list', 'Did you mean --limit?'],
  ])('gcsat %s', async (line, message) => {
    const { code, stdout, stderr } = await runInside(line.split(' '), { env: account });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('help', () => {
  test.each([
    [
      ['help', 'surveys', 'list'],
      ['surveys', 'list', '--help'],
    ],
    [
      ['help', 'sync'],
      ['sync', '--help'],
    ],
    [['help'], ['--help']],
  ])('%j is %j', async (args, same) => {
    const { code, stdout } = await runInside(args);
    expect({ code, stdout }).toEqual({ code: 0, stdout: (await runInside(same)).stdout });
  });

  test.each([
    ['help bogus', "unknown command 'bogus' for gcsat (See `gcsat --help`.)"],
    ['help sruveys', "Did you mean 'surveys'?"],
    ['help surveys lsit', "unknown command 'lsit' for gcsat surveys (Did you mean 'list'?"],
    ['help sync x', "unknown command 'x' for gcsat sync (`gcsat sync` has no commands of its own.)"],
    ['bogus --help', "unknown command 'bogus' for gcsat"],
    ['surveys bogus --help', "unknown command 'bogus' for gcsat surveys"],
  ])('gcsat %s is none', async (line, message) => {
    const { code, stdout, stderr } = await runInside(line.split(' '));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('and the version are one document under --json, without colors', async () => {
    const { stdout: version } = await runInside(['--version']);
    for (const args of [
      ['--version', '--json'],
      ['-V', '--jsonl'],
      ['--json', '--version'],
    ]) {
      const { code, stdout } = await runInside(args, { env: { FORCE_COLOR: '1' } });
      expect({ code, document: JSON.parse(stdout) }).toEqual({
        code: 0,
        document: { version: version.trim() },
      });
    }
    for (const names of [[], ['surveys', 'list']]) {
      const { stdout: help } = await runInside([...names, '--help']);
      const asked = await runJsonInside([...names, '--help'], { env: { FORCE_COLOR: '1' } });
      expect(asked).toMatchObject({ code: 0, document: { help }, stderr: '' });
    }
    expect((await runJsonInside(['help', 'sync'])).document.help).toContain('gcsat sync [options]');
  });
});

test.each(['--version', 'surveys --help'])(
  'a full disk behind %s: the error says what to do',
  async (line) => {
    const { screen } = await atTerminal(`gcsat ${line} >/dev/full`, {});
    expect(screen).toMatch(
      /^error: cannot write to stdout: ENOSPC \(Free some disk space there, then run it again\.\)\r\n$/,
    );
  },
);
