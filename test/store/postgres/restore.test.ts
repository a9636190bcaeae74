import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { closedConversation, surveysOf, testGladly, type TestGladly } from '../../support/gladly.ts';
import { installedServer, startPostgres, type TestServer } from '../../support/postgres-server.ts';
import { run, runJson, temporaryFolder } from '../../support/run.ts';

// Programs start slowly when many start at once.
vi.setConfig({ testTimeout: 180_000 });

const [makeUser, dump, makeDatabase] = documentedCommands();

/** The commands of docs/deployment.md that make the database, dump it, and fill a new one from the dump. */
function documentedCommands(): [string, string, string] {
  const text = readFileSync('docs/deployment.md', 'utf8');
  const blocks = [...text.matchAll(/^ *```sh\n([^]*?)^ *```$/gm)].map((match) => match[1]!);
  const find = (part: string): string => {
    const found = blocks.filter((block) => block.includes(part));
    expect(found, part).toHaveLength(1);
    return found[0]!;
  };
  return [find('createuser '), find('pg_dump '), find('pg_restore ')];
}

async function serverWithTools(): Promise<{ server: TestServer; sh: (script: string) => void }> {
  const server = await startPostgres({}, inject('postgresFolder'));
  onTestFinished(() => server.remove());
  const cwd = temporaryFolder();
  const env = {
    PATH: [installedServer(), process.env['PATH']].join(delimiter),
    PGHOST: '127.0.0.1',
    PGPORT: String(server.port),
    PGUSER: 'postgres',
  };
  const sh = (script: string): void => void execFileSync('sh', ['-ec', script], { cwd, env, stdio: 'pipe' });
  // The password would be asked for at a terminal.
  sh(makeUser.replace(' --pwprompt', ''));
  return { server, sh };
}

const surveyed = ({ sandbox }: TestGladly): string[] => sandbox.mailbox().map(({ to }) => to);

test('a ledger on a server is dumped and restored as documented, and nobody is asked twice', async () => {
  const { server, sh } = await serverWithTools();
  const gladly = await testGladly({ size: 0 });
  const address = join(temporaryFolder(), 'ledger-address');
  const useDatabase = (name: string): void =>
    writeFileSync(address, `${server.url(name).replace('postgres@', 'gcsat@')}\n`, { mode: 0o600 });
  const env = { ...gladly.env, GCSAT_DATABASE_URL_FILE: address };
  useDatabase('gcsat');
  const before = await closedConversation(gladly, 'before@example.org');
  expect(await runJson(['replay', before], { env })).toMatchObject({
    code: 0,
    document: { outcome: 'sent' },
  });
  sh(dump);
  const afterwards = await closedConversation(gladly, 'afterwards@example.org');
  expect(await runJson(['replay', afterwards], { env })).toMatchObject({ code: 0 });

  sh(makeDatabase);
  useDatabase('gcsat_restored');
  expect(await runJson(['ledger', 'check'], { env })).toMatchObject({ code: 0, document: { problems: [] } });
  expect((await run(['configure', 'test'], { env })).code).toBe(0);
  expect((await surveysOf(env)).map(({ conversationId }) => conversationId)).toEqual([before]);
  expect((await run(['configure', 'set', 'maxAge=1s'], { env })).code).toBe(0);
  await sleep(1100);
  const again = await Promise.all([before, afterwards].map((id) => runJson(['replay', id], { env })));
  expect(again.map(({ document }) => String(document.outcome))).toEqual(['already_surveyed', 'suppressed']);
  expect(surveyed(gladly)).toEqual(['before@example.org', 'afterwards@example.org']);

  expect((await run(['configure', 'unset', 'maxAge'], { env })).code).toBe(0);
  const next = await closedConversation(gladly, 'next@example.org');
  expect(await runJson(['replay', next], { env })).toMatchObject({ code: 0, document: { outcome: 'sent' } });
});
