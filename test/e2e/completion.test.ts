import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { previewLanguages } from '../../src/commands/preview.ts';
import type { CommandDeclaration } from '../../src/commands/program/declaration.ts';
import { program } from '../../src/commands/program/program.ts';
import { listedStates } from '../../src/documents/surveys.ts';
import { languages } from '../../src/html/languages.ts';
import { binary, cleanEnvironment, temporaryFolder } from '../support/run.ts';
import { runInside, runJsonInside } from '../support/run-inside.ts';
import { installed } from '../support/tools.ts';

type ShellName = 'bash' | 'zsh' | 'fish';

const scripts = new Map<ShellName, string>();

beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    const { stdout } = await runInside(['completion', shell]);
    // The line that declares the function needs zsh's own completion, which is not loaded.
    scripts.set(shell, stdout.replace(/^ {2}compdef _gcsat gcsat$/m, '  :'));
  }
});

/** A user who has a ledger with one survey, and two profiles. */
interface User {
  readonly env: NodeJS.ProcessEnv;
  readonly ledger: string;
  readonly surveyId: string;
}

async function userWithLedger(): Promise<User> {
  const folder = temporaryFolder();
  const ledger = join(folder, 'ledger.db');
  const env = cleanEnvironment(folder);
  mkdirSync(join(folder, 'config'), { mode: 0o700 });
  const profiles = { acme: { domain: 'acme.gladly.com' }, other: { domain: 'other.gladly.qa' } };
  writeFileSync(join(folder, 'config', 'config.json'), JSON.stringify({ profiles }), { mode: 0o600 });
  symlinkSync(binary, join(folder, 'gcsat'));
  const { document } = await runJsonInside(['replay', '--sandbox', '--database', ledger]);
  return {
    env: { ...env, PATH: `${folder}:${env['PATH'] ?? ''}` },
    ledger,
    surveyId: document.survey.id,
  };
}

async function shellSays(
  shell: ShellName,
  lines: readonly string[],
  env?: NodeJS.ProcessEnv,
): Promise<string> {
  const file = join(temporaryFolder(), `completion.${shell}`);
  writeFileSync(file, [scripts.get(shell), ...lines].join('\n'));
  const plain = { bash: ['--norc'], zsh: ['-f'], fish: ['--no-config'] }[shell];
  const child = spawn(installed(shell), [...plain, file], env === undefined ? {} : { env });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  await once(child, 'close');
  expect(stderr).toBe('');
  return stdout.trim();
}

const quoted = (word: string): string => `'${word}'`;

/** What each shell offers for the last of the words. */
const offers = {
  async bash(words, env) {
    const lines = [
      `COMP_WORDS=(${words.map(quoted).join(' ')})`,
      `COMP_CWORD=${words.length - 1}`,
      '_gcsat',
      'printf "%s\\n" "${COMPREPLY[@]}"',
    ];
    return (await shellSays('bash', lines, env)).split('\n');
  },
  async zsh(words, env) {
    // The parts of zsh's own completion that the script calls; zsh picks what begins with the word.
    const lines = [
      `words=(${words.map(quoted).join(' ')})`,
      `CURRENT=${words.length}`,
      'compdef() { :; }; _files() { :; }',
      'compadd() { while [[ $1 != -- ]]; do shift; done; shift; print -rl -- "$@"; }',
      '_describe() { print -rl -- "${(@P)3%%:*}"; }',
      '_gcsat',
    ];
    const last = words.at(-1) ?? '';
    return (await shellSays('zsh', lines, env)).split('\n').filter((word) => word.startsWith(last));
  },
  async fish(words, env) {
    const said = await shellSays('fish', [`complete -C ${quoted(words.join(' '))}`], env);
    return said.split('\n').map((line) => line.split('\t')[0] ?? '');
  },
} satisfies Record<ShellName, (words: readonly string[], env?: NodeJS.ProcessEnv) => Promise<string[]>>;

function paths({ commands = [] }: CommandDeclaration, before: string[] = []): string[][] {
  return commands.flatMap((command) => {
    const path = [...before, command.name];
    return [path, ...paths(command, path)];
  });
}

test('bash knows commands, options and values', async () => {
  const complete = (...words: string[]): Promise<string[]> => offers.bash(words, undefined);
  expect(await shellSays('bash', ['complete -p gcsat'])).toBe('complete -o nosort -F _gcsat gcsat');
  expect(await complete('gcsat', 're')).toEqual(['replay', 'report', 'resume']);
  expect(await complete('gcsat', 'surveys', 'c')).toEqual(['cancel']);
  expect(await complete('gcsat', 'surveys', '--st')).toEqual(['--state']);
  expect(await complete('gcsat', '--json', 'surveys', 'retry', '--w')).toEqual(['--was-sent']);
  expect(await complete('gcsat', 'replay', '--delivery', 'g')).toEqual(['gladly-email', 'gladly-sms']);
  expect(await complete('gcsat', 'completion', '')).toContain('fish');
  expect(await complete('gcsat', 'post', '--resolved', '')).toEqual(['yes', 'no']);
  expect(await complete('gcsat', 'webhook', 'send', '--url', '/et')).toEqual(['']);
  expect(await complete('gcsat', 'configure', '--public-url', '/et')).toEqual(['']);
  expect(await complete('gcsat', 'surveys', '--database', '/et')).toEqual(['/etc']);
  expect(await complete('gcsat', 'configure', 'set', 'sam')).toEqual(['sample=']);
  expect(await complete('gcsat', 'configure', 'set', '')).toContain('publicUrl=');
  expect(await complete('gcsat', 'configure', 'set', 'sample', '=', '')).toEqual(['']);
  expect(await complete('gcsat', 'configure', 'set', 'sample', '=', '50', 'delay')).toEqual(['delay=']);
  expect(await complete('gcsat', 'attribute', '--', '')).toEqual(['']);
  expect(await complete('gcsat', 'attribute', '--', '--')).toEqual(['']);
});

test.each(['zsh', 'fish'] as const)('%s has every command and option', (shell) => {
  const script = scripts.get(shell);
  for (const path of paths(program)) expect(script).toContain(`gcsat ${path.join(' ')}`);
  for (const word of ['dry-run', 'was-sent', 'public-url', 'profile']) expect(script).toContain(word);
});

describe.each(['bash', 'zsh', 'fish'] as const)('%s', (shell) => {
  const complete = (words: readonly string[], env?: NodeJS.ProcessEnv): Promise<string[]> =>
    offers[shell](words, env);

  test('offers the states and languages that an option takes', async () => {
    expect((await complete(['gcsat', 'surveys', 'list', '--state', ''])).sort()).toEqual(
      [...listedStates].sort(),
    );
    expect((await complete(['gcsat', 'preview', '--language', ''])).sort()).toEqual([...languages].sort());
  });

  test('offers the profiles, and the surveys of the ledger that is named before', async () => {
    const { env, ledger, surveyId } = await userWithLedger();
    expect(await complete(['gcsat', 'report', '--profile', ''], env)).toEqual(['acme', 'other']);
    const shown = ['gcsat', 'surveys', 'show'];
    expect(await complete(['gcsat', '--database', ledger, ...shown.slice(1), ''], env)).toContain(surveyId);
    expect(await complete([...shown, '--database', ledger, surveyId.slice(0, 2)], env)).toEqual([surveyId]);
    expect(await complete(['gcsat', 'surveys', 'list', '--database', ledger, '--li'], env)).toEqual([
      '--limit',
    ]);
  });
});

test('the languages of the preview are those that there are', () => {
  expect([...previewLanguages].sort()).toEqual([...languages].sort());
});

test('a name that a shell would run is not offered', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'config'), { mode: 0o700 });
  const profiles = { 'a$(touch x)': {}, good: {} };
  writeFileSync(join(folder, 'config', 'config.json'), JSON.stringify({ profiles }), { mode: 0o600 });
  const { stdout } = await runInside(['completion', 'bash', '--names', 'profiles'], {
    env: { GCSAT_CONFIG_DIR: join(folder, 'config') },
  });
  expect(stdout.trim()).toBe('good');
});
