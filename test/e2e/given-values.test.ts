import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testGladly } from '../support/gladly.ts';
import { runJson, temporaryFolder } from '../support/run.ts';
import { runJsonInside } from '../support/run-inside.ts';

const dataOf = (env: Record<string, string>): string => env['GCSAT_DATA_DIR'] ?? '';

async function closing(origin: string, email: string): Promise<string> {
  const answer = await fetch(`${origin}/_sandbox/conversations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ customer: { email }, close: true }),
  });
  return ((await answer.json()) as { conversationId: string }).conversationId;
}

describe('values as env files and editors leave them', () => {
  test('name the same ledger, so that a customer is asked once', async () => {
    const { env, sandbox } = await testGladly();
    const id = await closing(sandbox.origin, 'kim@mail.example');
    const outcomeWith = async (more: Record<string, string | undefined>): Promise<unknown> => {
      const { document, stderr } = await runJson(['replay', id], {
        env: { ...env, ...more },
        cwd: temporaryFolder(),
      });
      return document.outcome ?? stderr;
    };
    expect(await outcomeWith({})).toBe('sent');
    const each = (around: (text: string) => string) =>
      Object.fromEntries(Object.entries(env).map(([name, text]) => [name, around(text)]));
    expect(await outcomeWith(each((text) => `${text}\r`))).toBe('already_surveyed');
    expect(await outcomeWith(each((text) => `"${text}"`))).toBe('already_surveyed');
    expect(await outcomeWith({ GCSAT_DATA_DIR: ` ${dataOf(env)}/ `, GCSAT_LOG_LEVEL: '"Info"\r' })).toBe(
      'already_surveyed',
    );
    const [ledger = ''] = readdirSync(dataOf(env)).filter((name) => name.endsWith('.db'));
    const url = `'sqlite://${join(dataOf(env), ledger)}'\r\n`;
    expect(await outcomeWith({ GCSAT_DATABASE_URL: url })).toBe('already_surveyed');
    const home = temporaryFolder();
    const ofHome = { GCSAT_DATA_DIR: undefined, GCSAT_CONFIG_DIR: undefined };
    // The variables of the home folder also lead to one ledger: another one, although its customer was surveyed before.
    const later = await closing(sandbox.origin, 'lee@mail.example');
    const outcomes: unknown[] = [];
    for (const more of [
      { HOME: home },
      { HOME: `${home}\r` },
      { XDG_DATA_HOME: `"${home}/.local/share"\r` },
    ]) {
      const { document } = await runJson(['replay', later], {
        env: { ...env, ...ofHome, HOME: home, ...more },
      });
      outcomes.push(document.outcome);
    }
    expect(outcomes).toEqual(['sent', 'already_surveyed', 'already_surveyed']);
    expect(readdirSync(home).filter((name) => !name.startsWith('.'))).toEqual([]);
    const mailbox = await fetch(`${sandbox.origin}/_sandbox/mailbox`);
    expect(await mailbox.json()).toHaveLength(2);
  });

  test('a configuration and a secret that begin with a byte order mark', async () => {
    const { env, sandbox } = await testGladly();
    const config = env['GCSAT_CONFIG_DIR'] ?? '';
    mkdirSync(config, { recursive: true, mode: 0o700 });
    const profile = { domain: sandbox.origin, email: sandbox.email, values: {}, policy: {} };
    writeFileSync(
      join(config, 'config.json'),
      `\uFEFF${JSON.stringify({ profiles: { default: profile } })}\r\n`,
    );
    const secret = join(temporaryFolder(), 'token');
    writeFileSync(secret, `\uFEFF${sandbox.token}\r\n`);
    const given = { GCSAT_CONFIG_DIR: config, GCSAT_TOKEN_FILE: `${secret}\r` };
    expect(await runJsonInside(['configure', 'set', 'sample=50'], { env: given })).toMatchObject({ code: 0 });
    const { code, document } = await runJsonInside(['configure', 'test'], { env: given });
    expect({ code, gladly: document.checks[0] }).toMatchObject({
      code: 0,
      gladly: { name: 'Gladly', ok: true },
    });
  });

  test.each([
    ['GCSAT_DATA_DIR', 'data'],
    ['GCSAT_DATA_DIR', '~/data'],
    ['GCSAT_DATA_DIR', '/data\nGCSAT_DELIVERY=outbox'],
    ['GCSAT_CONFIG_DIR', './config'],
    ['GCSAT_DATABASE_URL', 'ledger.db'],
    ['GCSAT_LOG_LEVEL', 'in\u0007fo'],
  ])('%s=%j is refused with exit 3, and nothing is made', async (name, value) => {
    const cwd = temporaryFolder();
    const data = join(temporaryFolder(), 'data');
    const account = {
      GCSAT_DOMAIN: 'http://127.0.0.1:1',
      GCSAT_EMAIL: 'api@acme.com',
      GCSAT_TOKEN: 'secret-token',
    };
    const env = { ...account, GCSAT_DATA_DIR: data, [name]: value };
    const { code, document } = await runJson(['replay', 'x'], { env, cwd });
    expect({ code, error: document.error }).toMatchObject({
      code: 3,
      error: { code: 'bad_configuration', message: expect.stringMatching(new RegExp(`^${name}: `)) },
    });
    expect([readdirSync(cwd), existsSync(data)]).toEqual([[], false]);
  });

  test('by hand, --database may be relative to the current folder', async () => {
    const { env, sandbox } = await testGladly();
    const cwd = temporaryFolder();
    const id = await closing(sandbox.origin, 'kim@mail.example');
    const { code } = await runJson(['replay', id, '--database', 'mine.db'], { env, cwd });
    expect([code, existsSync(join(cwd, 'mine.db'))]).toEqual([0, true]);
  });
});
