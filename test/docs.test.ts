import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { format, resolveConfig } from 'prettier';
import { describe, expect, test } from 'vitest';
import { sandboxControls } from '../src/commands/local-sandbox.ts';
import type { CommandDeclaration } from '../src/commands/program/declaration.ts';
import { parseCommandLine } from '../src/commands/program/parse.ts';
import { program } from '../src/commands/program/program.ts';
import { formatPolicyValue } from '../src/config/policy.ts';
import { policyKeys, profileKeys } from '../src/config/setting-keys.ts';
import { closingStates } from '../src/domain/closing/transitions.ts';
import { defaultPolicy } from '../src/domain/eligibility/policy.ts';
import { reasonCodes } from '../src/domain/closing/reason.ts';
import { exitCodes } from '../src/failure.ts';
import { noFaults } from '../src/sandbox/faults.ts';
import { startSandbox } from '../src/sandbox/start.ts';
import { commandExamples, commandReference } from './support/command-reference.ts';
import {
  anchorsOf,
  blocksOf,
  callsIn,
  described,
  documentAt,
  documents,
  proseOf,
  root,
  sectionOf,
  shellLinesOf,
} from './support/documents.ts';
import { testGladly } from './support/gladly.ts';
import { run, start, temporaryFolder } from './support/run.ts';
import { runInside } from './support/run-inside.ts';
import { installed } from './support/tools.ts';
import { lasting, openSession, pattern, stepsOf } from './support/transcripts.ts';

/** Whether the words do no more than name a command, as sentences do. */
function isName(words: readonly string[], { commands = [] }: CommandDeclaration = program): boolean {
  const [first, ...rest] = words;
  if (first === undefined) return true;
  const inner = commands.find(({ name }) => name === first);
  return inner !== undefined && isName(rest, inner);
}

/** All of the program's source. */
function sources(): string {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(root, 'src', file), 'utf8'))
    .join('\n');
}

/** Waits until the condition holds; a test that waits forever fails by its own time limit. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(50);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Everything that a reader may type, besides the transcripts: shell blocks, code in sentences, the help's examples. */
const calls = [
  ...documents().flatMap(({ path, text }) => {
    const shell = blocksOf(text).flatMap(shellLinesOf).flatMap(callsIn);
    const code = [...proseOf(text).matchAll(/(?<!`)`(gcsat [^`]+)`/g)].flatMap(([, line = '']) =>
      callsIn(line),
    );
    return [...shell, ...code.filter((words) => !isName(words))].map((words) => ({ path, words }));
  }),
  ...commandExamples()
    .flatMap(callsIn)
    .map((words) => ({ path: 'the help', words })),
];

interface StartedServer {
  /** Its origin. */
  listening: string;
  /** All that it printed so far. */
  printed: { stdout: string; stderr: string };
  /** @returns the exit code */
  stop(): Promise<number | null>;
}

/** `gcsat serve` on a free port of this machine. */
async function startServer(
  args: readonly string[],
  env: Record<string, string | undefined>,
): Promise<StartedServer> {
  const child = start(['serve', ...args, '--host', '127.0.0.1', '--port', '0'], { env });
  const printed = { stdout: '', stderr: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text));
  const ended = new Promise<number | null>((resolve) => void child.on('close', resolve));
  const listening = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed.stdout += text;
      const [, origin] = /(?:^listening on |"listening": ?")(http:\/\/[^"\s]+)/m.exec(printed.stdout) ?? [];
      if (origin !== undefined) resolve(origin);
    });
    void ended.then((code) => reject(new Error(`serve ${args.join(' ')} ended: ${code} ${printed.stderr}`)));
  });
  return {
    listening,
    printed,
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

describe('commands', () => {
  test('are found in the documents at all', () => {
    expect(calls.length).toBeGreaterThan(40);
    expect(callsIn(`A=1 npx gcsat a "b c" 'd' <e>  # gcsat f`)).toEqual([['a', 'b c', 'd', '<e>']]);
    expect(callsIn('x | gcsat a > b && source <(gcsat c) | jq .')).toEqual([['a'], ['c']]);
    expect(callsIn('gcsat a --b >> "$c/d" 2>> e 2>&1')).toEqual([['a', '--b']]);
    const block = { lines: ['*/5 * 1,2 * 0-4 gcsat a', 'ExecStart=/usr/bin/gcsat b', 'c=d'], heading: '' };
    expect(shellLinesOf({ ...block, language: 'crontab' })).toEqual(['gcsat a']);
    expect(shellLinesOf({ ...block, language: 'ini' })).toEqual(['gcsat b']);
  });

  test('are understood', () => {
    const sink = { columns: 80, color: false, version: '0', print: () => undefined };
    const wrong = calls.flatMap(({ path, words }) => {
      try {
        parseCommandLine(words, sink);
        return [];
      } catch (error) {
        return [`${path}: gcsat ${words.join(' ')}: ${String(error)}`];
      }
    });
    expect(wrong).toEqual([]);
  });

  test('run against the sandbox, and are neither a misuse nor a defect', async () => {
    const { env, sandbox } = await testGladly();
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'ids.txt'), `${sandbox.exampleConversationId}\n`);
    writeFileSync(
      join(cwd, 'export.csv'),
      'ext_interaction_id,request_sent_at,star_rating\nc1,2026-01-02 03:04:05 UTC,\n',
    );
    writeFileSync(
      join(cwd, 'rows.jsonl'),
      '{"uuid": "u1", "request_sent_at": "2026-01-02T03:04:05Z", "answers": {}}\n',
    );
    const password = 'as the server and Gladly know it';
    const server = await startServer([], { ...env, GCSAT_WEBHOOK_PASSWORD: password });
    const account = { ...env, GCSAT_PUBLIC_URL: server.listening, GCSAT_WEBHOOK_PASSWORD: password };
    // A sample event is another closing, which would make names of that conversation ambiguous.
    const told = sandbox.traps.find(({ name }) => name === 'opt_out_topic')?.conversationId ?? '';
    const example = (word: string, _index: number, words: readonly string[]): string =>
      word
        .replace(
          /^(5LNrIaOiRJ6u3vQ8jHyTkQ|<conversationId>)$/,
          words[0] === 'webhook' ? told : sandbox.exampleConversationId,
        )
        .replace(/^(https:\/\/csat\.acme\.com|http:\/\/localhost:8080)$/, server.listening)
        .replace(/^\/backup\/gcsat-.*$/, join(cwd, 'backup.db'))
        .replace('KEY=VALUE', 'sample=50')
        // Reports have their own slow limit, and a shorter range shows just as much.
        .replace('2026-11-15', '2026-11-02');
    /** These mostly wait for the limits of the sandbox, so they have processes of their own beside the others. */
    const isPatient = ([name = '']: readonly string[]): boolean => ['backfill', 'serve'].includes(name);
    const runOne = async (words: readonly string[]): Promise<string | null> => {
      const [name = ''] = words;
      // A few closings are enough to show that the command is understood.
      const isLong = ['backfill', 'sync'].includes(name);
      const isNowhere = words[0] === 'webhook' && words[1] === 'send' && !words.includes('--url');
      const added = isLong ? ['--limit', '2'] : isNowhere ? ['--url', server.listening] : [];
      const args = [...words.map(example), ...added];
      const given = args.includes('--sandbox') ? {} : account;
      const config = { GCSAT_CONFIG_DIR: temporaryFolder() };
      const input = words.includes('alertSecret=-')
        ? `whsec_${Buffer.from('an alert secret of 24 by').toString('base64')}`
        : 'smtp://user:password@mail.example.com:587';
      const options = { env: { ...given, ...config }, input, cwd };
      if (name === 'serve') {
        const { stop } = await startServer(args.slice(1), options.env);
        const code = await stop();
        return code === 143 ? null : `gcsat ${args.join(' ')}: exit ${code}`;
      }
      const { code, stderr } = await (isPatient(words)
        ? run(args, { ...options, timeoutMs: 90_000 })
        : runInside(args, options));
      return code === 1 || code === 2 ? `gcsat ${args.join(' ')}: exit ${code} ${stderr}` : null;
    };
    // These run until they are stopped, or ask an organization that exists only in the documents.
    const cannotRun = ([name, ...options]: readonly string[]): boolean =>
      name === 'sandbox' || (name === 'preview' && options.includes('--serve'));
    const lines = [...new Map(calls.map(({ words }) => [JSON.stringify(words), words])).values()]
      .filter((words) => !cannotRun(words) && !words.includes('--domain'))
      .toReversed();
    const wrong: string[] = [];
    const worker = async (own: readonly (readonly string[])[]): Promise<void> => {
      for (const words of own) {
        const trouble = await runOne(words);
        if (trouble !== null) wrong.push(trouble);
      }
    };
    await Promise.all([worker(lines.filter(isPatient)), worker(lines.filter((words) => !isPatient(words)))]);
    expect(wrong).toEqual([]);
  }, 240_000);

  test('the reference is up to date; `npm run reference` makes it', async () => {
    const path = join(root, 'docs/commands.md');
    const made = await format(commandReference(), { ...(await resolveConfig(path)), parser: 'markdown' });
    await expect(made).toMatchFileSnapshot(path);
  });
});

test('programs for jq are understood by the jq of this system, which on Debian 12 is 1.6', () => {
  const written = documents().flatMap(({ path, text }) =>
    [...text.matchAll(/\bjq (?:-\w+ )*(?:'([^']+)'|([.]\w[^\s`|)]*))/g)].map((match) => ({
      path,
      filter: match[1] ?? match[2] ?? '',
    })),
  );
  expect(written.length).toBeGreaterThan(4);
  const wrong = written.filter(
    ({ filter }) => spawnSync(installed('jq'), ['-n', `empty | ${filter}`]).status !== 0,
  );
  expect(wrong).toEqual([]);
});

test('units that run the program write no core dumps, and nothing that others can read', () => {
  const units = documents()
    .flatMap(({ text }) => blocksOf(text))
    .filter(
      (block) => block.language === 'ini' && shellLinesOf(block).some((line) => line.startsWith('gcsat ')),
    );
  expect(units.length).toBeGreaterThan(1);
  for (const { lines } of units) expect(lines).toEqual(expect.arrayContaining(['LimitCORE=0', 'UMask=0077']));
});

describe('transcripts', () => {
  const withTranscripts = documents().filter(({ text }) => stepsOf(text).length > 0);

  test.each(withTranscripts)(
    '$path prints what it says',
    async ({ text }) => {
      const session = await openSession();
      for (const { command, printed, heading } of stepsOf(text)) {
        const { output, code } = await session.type(command);
        const shown = lasting(`$ ${command}\n${output}`);
        if (printed.includes('…')) expect(shown).toMatch(pattern([`$ ${command}`, ...printed]));
        else expect(shown).toBe(lasting([`$ ${command}`, ...printed]));
        // Commands under a heading that begins with an exit code end with that code.
        const told = Number(/^\d+/.exec(heading)?.[0] ?? 0);
        if (code !== 'running') expect({ command, code }).toEqual({ command, code: told });
      }
    },
    120_000,
  );
});

describe('tables', () => {
  test('fit a terminal of 80 columns', () => {
    const wide = documents().flatMap(({ path, text }) =>
      proseOf(text)
        .split('\n')
        .filter((line) => line.startsWith('|') && line.length > 80)
        .map((line) => `${path}: ${line}`),
    );
    expect(wide).toEqual([]);
  });
});

describe('links', () => {
  test('lead to documents, files and headings that exist', () => {
    const broken = documents().flatMap(({ path, text }) =>
      [...proseOf(text).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].flatMap(
        ([, file = '', anchor]) => {
          const target = file === '' ? path : join(dirname(path), file);
          if (!existsSync(join(root, target))) return [`${path}: ${target}`];
          if (anchor === undefined || anchorsOf(documentAt(target)).includes(anchor)) return [];
          return [`${path}: ${target}#${anchor}`];
        },
      ),
    );
    expect(broken).toEqual([]);
  });

  test('the README leads to every document', () => {
    const readme = documentAt('README.md');
    for (const { path } of documents()) {
      if (path !== 'README.md') expect(readme).toContain(`](${path})`);
    }
  });
});

describe('what has to be documented', () => {
  const configuration = documentAt('docs/configuration.md');
  const troubleshooting = documentAt('docs/troubleshooting.md');

  test('rooms of the source', () => {
    const rooms = described(sectionOf('CONTRIBUTING.md', 'Layers'));
    const foldersIn = (folder: string): string[] =>
      readdirSync(join(root, 'src', folder), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => join(folder, name));
    const folders = [...foldersIn('').filter((name) => name !== 'workflow'), ...foldersIn('workflow')];
    expect(folders.length).toBeGreaterThan(15);
    expect(folders.filter((folder) => !rooms.has(folder))).toEqual([]);
  });

  test('exit codes', () => {
    const all = [0, ...Object.values(exitCodes)];
    const named = (pattern: RegExp, text: string): number[] =>
      [...text.matchAll(pattern)].flatMap(([, codes = '']) => codes.split(/\D+/).map(Number));
    expect(named(/^## (\d+(?: and \d+)*): /gm, troubleshooting)).toEqual(all);
    for (const path of ['docs/scripts.md', 'docs/cron.md']) {
      expect(named(/^\| (\d+(?:, \d+)*) +\|/gm, documentAt(path))).toEqual(all);
    }
  });

  test('policy keys, with their defaults', () => {
    const rows = described(sectionOf('docs/configuration.md', 'Policy'));
    const documented = policyKeys.map((key) => [key, rows.get(key)?.[0]?.replaceAll('`', '')]);
    expect(documented).toEqual(policyKeys.map((key) => [key, formatPolicyValue(key, defaultPolicy)]));
  });

  test('keys of a profile', () => {
    const rows = described(configuration);
    expect(profileKeys.filter((key) => !rows.has(key))).toEqual([]);
  });

  test('environment variables: all that are read, and no others', () => {
    const source = sources();
    const named = /(?:secret: |environmentSecret\(env, )'(GCSAT_\w+)'|secretsOf\(env, \[([^\]]*)\]/g;
    const secrets = [...source.matchAll(named)].flatMap(([, one, several = '']) =>
      [...(one === undefined ? [] : [one]), ...(several.match(/GCSAT_\w+/g) ?? [])].map(
        (name) => `${name}_FILE`,
      ),
    );
    const beginnings = [...source.matchAll(/pair\(env, '(GCSAT_\w+)'/g)].map(([, name]) => name);
    const read = [...source.matchAll(/'(GCSAT_\w+)'/g)]
      .map(([, name = '']) => name)
      .filter((name) => !beginnings.includes(name));
    const described = [...configuration.matchAll(/`(GCSAT_\w+)`/g)].map(([, name = '']) => name);
    const everywhere = documents().flatMap(({ text }) => text.match(/GCSAT_\w+/g) ?? []);
    const known = [...new Set([...read, ...secrets])].toSorted();
    expect([...new Set(described)].toSorted()).toEqual(known);
    expect(everywhere.filter((name) => !known.includes(name))).toEqual([]);
    expect(secrets.length).toBeGreaterThan(3);
  });

  test('reasons and states', () => {
    const rows = described(sectionOf('docs/attribution.md', 'Why a customer gets no survey'));
    expect([...rows.keys()].toSorted()).toEqual(reasonCodes.toSorted());
    const states = sectionOf('docs/scripts.md', '`surveys list`');
    expect(closingStates.filter((state) => !states.includes(`\`${state}\``))).toEqual([]);
  });

  test('every field of the document that attribute prints', async () => {
    const { stdout } = await runInside(['attribute', '--sandbox', '--json']);
    const document = JSON.parse(stdout) as Record<string, unknown>;
    const rows = described(sectionOf('docs/scripts.md', '`attribute` and `replay`'));
    expect(Object.keys(document).filter((field) => !rows.has(field))).toEqual([]);
  });

  test('every field of the line that sync prints, and of a plan', async () => {
    const { stdout } = await runInside(['sync', '--sandbox', '--dry-run', '--json']);
    const document = JSON.parse(stdout) as Record<string, object>;
    const text = sectionOf('docs/scripts.md', '`backfill` and `sync`');
    const inside = ['outcomes', 'thisRun', 'cards', 'plan'].flatMap((key) =>
      Object.keys(document[key] ?? {}),
    );
    const fields = [...Object.keys(document), ...inside];
    expect(fields.length).toBeGreaterThan(20);
    expect(fields.filter((field) => !text.includes(`\`${field}\``))).toEqual([]);
  });

  test('codes of failures that are named exist', () => {
    const source = sources();
    const codes = [...troubleshooting.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, code = '']) => code);
    expect(codes.length).toBeGreaterThan(20);
    expect(codes.filter((code) => !source.includes(`'${code}'`))).toEqual([]);
  });

  test('the loop of the tour: its command closes a conversation, the answer becomes a card', async () => {
    const { printed, stop } = await startServer(['--sandbox'], {});
    const curl = /curl -X POST (http:\S+) -H '(.+): (.+)' \\\s+-d '([^']+)'/;
    await until(() => curl.test(printed.stdout));
    const [, url = '', header = '', value = '', body = ''] = curl.exec(printed.stdout) ?? [];
    const made = await fetch(url, { method: 'POST', headers: { [header]: value }, body });
    const { customerId } = (await made.json()) as { customerId: string };
    const { origin } = new URL(url);
    const mailbox = async (): Promise<string> => (await fetch(`${origin}/_sandbox/mailbox`)).text();
    await until(async () => (await mailbox()).includes('/s/'));
    const [link = ''] = /http:\/\/127\.0\.0\.1:\d+\/s\/[\w-]+/.exec(await mailbox()) ?? [];
    const answered = await fetch(link, { method: 'POST', body: new URLSearchParams({ rating: '4' }) });
    expect(answered.status).toBe(200);
    const timeline = `${origin}/_sandbox/customers/${customerId}.html`;
    await until(async () => (await (await fetch(timeline)).text()).includes('CSAT 4/5'));
    await until(() => printed.stderr.includes('card posted'));
    expect(await stop()).toBe(143);

    const rows = described(sectionOf('docs/monitoring.md', 'The log'));
    for (const line of printed.stderr.trim().split('\n')) {
      const { time, level, version, requestId, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
      expect([typeof time, typeof version]).toEqual(['string', 'string']);
      expect(['string', 'undefined']).toContain(typeof requestId);
      const cells = rows.get(String(msg)) ?? [];
      expect({ msg, level: cells[0] }).toEqual({ msg, level });
      for (const field of Object.keys(fields)) expect(cells[1]).toContain(`\`${field}\``);
    }
    expect(printed.stderr).not.toContain(link.split('/s/')[1]);
  }, 60_000);

  test('messages of the log of serve that are named exist', () => {
    const rows = described(sectionOf('docs/monitoring.md', 'The log'));
    const source = sources();
    const messages = [...rows.keys()].filter((name) => name.includes(' ') && name !== 'closing sent');
    expect(messages.length).toBeGreaterThan(8);
    expect(messages.filter((message) => !source.includes(`'${message}'`))).toEqual([]);
  });

  test('all messages of the log of serve are named', () => {
    const section = sectionOf('docs/monitoring.md', 'The log').replaceAll(/\s+/g, ' ');
    const called = sources().matchAll(/\blog\.(?:info|warn|error)\([^;]*?'([^'$]+)'(?:,\s*)?\);/g);
    const messages = [...called].map(([, message = '']) => message);
    expect(messages.length).toBeGreaterThan(20);
    expect(messages.filter((message) => !section.includes(`\`${message}\``))).toEqual([]);
  });

  test('the metrics of serve: all that it prints, and no others', async () => {
    const { listening, stop } = await startServer(['--sandbox'], {});
    const text = await (await fetch(`${listening}/metrics`)).text();
    await stop();
    const printed = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => [name, type]);
    expect(printed.length).toBeGreaterThan(10);
    const section = sectionOf('docs/monitoring.md', 'Metrics');
    const rows = [...described(section)].map(([name, [type]]) => [name, type]);
    // The metrics of prom-client are named together.
    const together = rows.map(([name = '']) => /^(.+_)\.\.\.$/.exec(name)?.[1] ?? []).flat();
    expect(together).toEqual(['process_', 'nodejs_']);
    const own = printed.filter(([name = '']) => !together.some((start) => name.startsWith(start)));
    expect(rows.filter(([name = '']) => !name.endsWith('...')).toSorted()).toEqual(own.toSorted());
    const used = (section.match(/\b(?:gcsat|process|nodejs)_\w+/g) ?? []).map((name) =>
      name.replace(/_count$/, ''),
    );
    expect(used.filter((name) => !printed.some(([known]) => known === name))).toEqual([]);
  }, 60_000);

  test('the document that serve prints when it listens', async () => {
    const { printed, stop } = await startServer(['--sandbox', '--json'], {});
    await until(() => isJson(printed.stdout));
    await stop();
    const section = sectionOf('docs/scripts.md', '`serve`');
    const fields = Object.keys(JSON.parse(printed.stdout) as object);
    expect(fields.length).toBeGreaterThan(4);
    expect(fields.filter((field) => !section.includes(`\`${field}\``))).toEqual([]);
  }, 60_000);

  test('the sandbox takes what the documents send it', async () => {
    const { sandbox } = await testGladly();
    const curl = /^curl -X (\w+) \S+:4010(\S+) -H '(.+): (.+)' -d '([^']+)'$/gm;
    const sent = [...documentAt('docs/sandbox.md').matchAll(curl)];
    expect(sent).toHaveLength(3);
    for (const [, method = '', path = '', header = '', value = '', body = ''] of sent) {
      const { ok } = await fetch(sandbox.origin + path, { method, headers: { [header]: value }, body });
      expect({ path, ok }).toEqual({ path, ok: true });
    }
  });

  test('the sandbox: its controls, faults and special conversations', async () => {
    const rows = described(documentAt('docs/sandbox.md'));
    for (const control of sandboxControls) {
      const [method = '', path = ''] = control.split(/ +/);
      expect([...rows.keys()]).toContain(`${method} ${path}`);
    }
    expect(Object.keys(noFaults).filter((name) => !rows.has(name))).toEqual([]);
    const sandbox = await startSandbox({ size: 0 });
    await sandbox.close();
    const special = new Map(sandbox.traps.toReversed().map(({ name, what }) => [name, what]));
    const entries = described(sectionOf('docs/sandbox.md', 'Special conversations'));
    const documented = [...entries].map(([name, [, what]]) => [name, what]);
    expect(documented).toEqual([...special].toReversed());
  });
});
