import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { faultyProxy } from '../support/faulty-proxy.ts';
import { closedConversation, surveysOf, testGladly, type TestGladly } from '../support/gladly.ts';
import { printedCommands } from '../support/printed-commands.ts';
import { binary, runJson, start } from '../support/run.ts';
import { isWhole } from './extent.ts';

const sending = 'POST /api/v1/communications/email';
const credentials = {
  GCSAT_WEBHOOK_USER: 'gladly',
  GCSAT_WEBHOOK_PASSWORD: 'a password that is long enough',
};

const customers = ['kim@example.org', 'robin@example.org'];

/** Two messages that customers have received and the ledger is unsure about. */
interface Doubtful {
  gladly: TestGladly;
  /** The environment that commands run with; its folders are copied for each command. */
  env: Record<string, string>;
  folder: string;
  conversations: string[];
  surveys: string[];
  /** The address of a server, which also works on a copy. */
  origin: string;
}

async function doubtful(): Promise<Doubtful> {
  const gladly = await testGladly({ size: 0 });
  const { sandbox } = gladly;
  const conversations: string[] = [];
  for (const email of customers) conversations.push(await closedConversation(gladly, email));
  const proxy = await faultyProxy(sandbox.origin, (request, count) =>
    request === sending ? (count === 1 ? 'reset after' : 'never answer') : 'pass',
  );
  const folder = gladly.env['GCSAT_DATA_DIR']!.replace(/\/data$/, '');
  const env: Record<string, string> = { ...gladly.env, ...credentials, GCSAT_RATE_SHARE: '100' };
  // So that the ledger is the same whichever address the account is reached at.
  env['GCSAT_DATABASE_URL'] = join(folder, 'data', 'doubtful.db');
  const throughProxy = { ...env, GCSAT_DOMAIN: proxy.origin };
  const first = await runJson(['replay', '--', conversations[0]!], { env: throughProxy });
  expect(first.document.outcome).toBe('uncertain');
  const killed = start(['replay', '--', conversations[1]!], { env: throughProxy });
  await vi.waitFor(() => expect(sandbox.mailbox()).toHaveLength(2), { timeout: 30_000, interval: 20 });
  killed.kill('SIGKILL');
  await once(killed, 'close');
  await runJson(['configure', '--profile', 'acme'], { env });
  await runJson(['configure', 'brand', 'set', 'nordwind', 'inboxes=Returns'], { env });
  writeFileSync(join(folder, 'ids.txt'), `${conversations.join('\n')}\n`);
  writeFileSync(join(folder, 'file'), 'de\n');
  writeFileSync(join(folder, 'export.csv'), 'ext_interaction_id,request_sent_at\nc1,2026-01-02T03:04:05Z\n');
  writeFileSync(
    join(folder, 'rows.jsonl'),
    '{"uuid": "u1", "request_sent_at": "2026-01-02T03:04:05Z", "answers": {}}\n',
  );
  cpSync(join(folder, 'data/doubtful.db'), join(folder, 'backup/gcsat.db'));

  const copy = { ...env, ...copied(folder) };
  const listed = await surveysOf(copy);
  expect(listed.map(({ state }) => state)).toEqual(['uncertain', 'uncertain']);
  const surveys = listed.map(({ surveyId }) => String(surveyId));
  const server = start(['serve', '--json', '--port', '0'], { env: copy });
  const [line] = (await once(server.stdout.setEncoding('utf8'), 'data')) as [string];
  const { listening: origin } = JSON.parse(line) as { listening: string };
  return { gladly, env: { ...env, GCSAT_PUBLIC_URL: origin }, folder, conversations, surveys, origin };
}

/** A copy of a ledger and a configuration in a folder of its own, for the caller to remove. */
function copied(folder: string): Record<string, string> & { HOME: string } {
  const own = mkdtempSync(join(tmpdir(), 'gcsat-test-'));
  cpSync(folder, own, { recursive: true });
  mkdirSync(join(own, '.config/fish/completions'), { recursive: true });
  return {
    HOME: own,
    GCSAT_DATA_DIR: join(own, 'data'),
    GCSAT_CONFIG_DIR: join(own, 'config'),
    GCSAT_DATABASE_URL: join(own, 'data', 'doubtful.db'),
  };
}

/** What replaces the parts of printed commands that only a user knows. Of several values, each is tried. */
function valuesFor({ gladly, conversations, surveys, origin }: Doubtful): [RegExp, string[]][] {
  const { sandbox } = gladly;
  const day = (daysAgo: number): string =>
    new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);
  return [
    [/^gcsat (?:attribute|replay|surveys (?:retry|show|cancel))$/, ['$& ID']],
    [/^gcsat configure set$/, ['$& suppressionDays=3']],
    [/'\$\{brand\}'/, ['nordwind']],
    [/^gcsat configure brand set(?: nordwind)?$/, ['gcsat configure brand set nordwind language=de']],
    [/… (?=--token-stdin)/, ['configure ']],
    [/--domain acme --email api@acme\.com/, [`--domain ${sandbox.origin} --email ${sandbox.email}`]],
    [/\$\{key\}=- < file/, ['language=- < file']],
    [/\$\{key\}=…/, ['suppressionDays=3']],
    [/\$\{key\}/, ['template']],
    [/\$\{delivery\} from=\$\{exampleOf\(delivery\)\}/, [`gladly-email from=${sandbox.fromAddress}`]],
    [/^gcsat configure set smtpUrl=-$/, ['pass show smtp-url | $&']],
    [/^gcsat configure set medallia(?:ApiKey|ApiSecret)=-$/, ['pass show medallia-key | $&']],
    [/(?<=medalliaEmployees=)…/, ['']],
    [/^gcsat configure set alertSecret=-$/, ['pass show alert-secret | $&']],
    [/(?<=optOutTopics=)…/, ['vip']],
    [/(?<=from=)…/, [sandbox.fromAddress]],
    [/(?<=publicUrl=)(?:https:\/\/)?…|https:\/\/csat\.acme\.com/, [origin]],
    [/\$\{states\.join\(','\)\}/, ['failed,scheduled']],
    [/\$\{how\}/, ['--was-sent', '--not-sent']],
    [/\$\{asArgument\((?:surveyId|id)\)\}|svy_4f1c/, surveys],
    [
      /5LNrIaOiRJ6u3vQ8jHyTkQ|\bID\b|<conversationId>|\$\{asArgument\(conversationId\)\}|\$\{escaped\(story\.id\)\}|\$\{surveyed\}/,
      conversations,
    ],
    [/kim@example\.com/, customers],
    [/<command>/, ['surveys']],
    [/(?<=doctor )\$\{id\}/, ['ledger.open']],
    [/2026-11-01|\$\{(?:range\.since|until)\}/, [day(7)]],
    [/2026-11-15/, [day(0)]],
    [/\/backup\//, ['./backup/']],
    [/\b(?:8080|4010)\b/, ['0']],
    [/0\.0\.0\.0/, ['127.0.0.1']],
    [/> sandbox\.json/, ['| tee sandbox.json']],
    [/(?<!-)\bserve\b(?!.*--port)/, ['serve --port 0']],
  ];
}

function filled(text: string, values: readonly [RegExp, string[]][]): string[] {
  let commands = [text];
  for (const [pattern, given] of values) {
    commands = commands.flatMap((one) =>
      pattern.test(one) ? given.map((value) => one.replace(pattern, value)) : [one],
    );
  }
  return commands;
}

/** Commands that only read, so that a second run would be the same. */
const onlyReads =
  /--help|--version|--dry-run|completion|configure (?:get|list|show)|gcsat (?:attribute|sandbox)|surveys (?:--json|list|show|unsubscribed)|webhook status|ledger check|--sandbox/;

/** How a command that is understood may be refused: a person has to decide first, or did so the first time. */
const refusals = ['confirmation_needed', 'survey_uncertain', 'backup_exists'];

/** Runs a command as a user of bash types it. A command that only ends with a signal gets one at its first output. */
async function typed(
  command: string,
  env: Record<string, string> & { HOME: string },
): Promise<{ code: number | null; output: string }> {
  const preamble =
    'set -o pipefail; fpath=(- "$HOME"); pass() { case $2 in gladly) echo "$GCSAT_TOKEN";; alert-secret) echo whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=;; *) echo smtp://127.0.0.1:9;; esac; }; ' +
    `gcsat() { case " $* " in *" --jsonl "*|*" --csv "*|*" completion "*) ;; *) set -- --json "$@";; esac; '${process.execPath}' '${binary}' "$@"; }; `;
  const child = spawn('bash', ['-c', preamble + command], {
    cwd: env.HOME,
    env: { PATH: process.env['PATH'], ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const isLasting = /^(?:\w+=\S+ )*gcsat (?:serve|sandbox|preview --serve)\b/.test(command);
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  if (isLasting) child.stdout.once('data', () => process.kill(-child.pid!, 'SIGTERM'));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

test('whoever follows any hint of the program has nobody asked twice', { timeout: 600_000 }, async () => {
  const scene = await doubtful();
  const { gladly, env, folder } = scene;
  const values = valuesFor(scene);
  const mails = (): string[] =>
    gladly.sandbox
      .mailbox()
      .map(({ to }) => to)
      .filter((to) => customers.includes(to))
      .sort();
  const waiting = new Map<string, string>();
  const done = new Set<string>();
  const add = (text: string, place: string): void => {
    for (const command of filled(text, values)) {
      const rest = command.replace('${fpath[1]}', '');
      if (/[…<>]\w|\$\{|…/.test(rest)) throw new Error(`${place}: give a value to what is left: ${command}`);
      if (!done.has(command)) waiting.set(command, place);
    }
  };
  for (const { text, place } of printedCommands()) add(text, place);
  const collected = new Set(waiting.keys());

  const problems: string[] = [];
  const work = async (): Promise<void> => {
    for (let next = first(waiting); next !== null; next = first(waiting)) {
      const [command, place] = next;
      waiting.delete(command);
      done.add(command);
      if (/--not-sent.*--yes|--yes.*--not-sent/.test(command)) {
        problems.push(`${place} advises to send again without a question: ${command}`);
        continue;
      }
      const own = { ...env, ...copied(folder) };
      for (let time = 0; time < (isWhole && !onlyReads.test(command) ? 2 : 1); time += 1) {
        const { code, output } = await typed(command, own);
        const refused = /"code":\s*"(\w+)"/.exec(output)?.[1] ?? '';
        if (code === 1 || code === 127 || (code === 2 && !refusals.includes(refused))) {
          problems.push(`${place}: ${command} ended with ${code}: ${output}`);
        }
        for (const [, hint = ''] of output.matchAll(/`(gcsat [^`]*)`/g)) add(hint, `printed by ${command}`);
      }
      rmSync(own.HOME, { recursive: true, force: true });
      if (mails().length > 2) {
        problems.push(`${command} had somebody asked again: ${mails().join()}`);
        return;
      }
    }
  };
  await Promise.all([work(), work(), work(), work()]);
  expect(problems.join('\n\n')).toBe('');
  expect(mails()).toEqual(customers);
  expect([...collected].filter((command) => !done.has(command))).toEqual([]);
  expect(collected.size).toBeGreaterThan(80);
});

function first(waiting: ReadonlyMap<string, string>): [command: string, place: string] | null {
  return [...waiting][0] ?? null;
}
