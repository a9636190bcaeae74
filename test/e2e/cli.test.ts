import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { CommandDeclaration } from '../../src/commands/program/declaration.ts';
import { program } from '../../src/commands/program/program.ts';
import { binary, run, runJson, start, temporaryFolder } from '../support/run.ts';
import { runInside, runJsonInside } from '../support/run-inside.ts';
import { installed } from '../support/tools.ts';

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));

function paths({ commands = [] }: CommandDeclaration, before: string[] = []): string[][] {
  return commands.flatMap((command) => {
    const path = [...before, command.name];
    return [path, ...paths(command, path)];
  });
}

describe('version and help', () => {
  test.each(['--version', '-V'])('%s', async (flag) => {
    expect(await run([flag])).toMatchObject({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  test.each([[[]], [['--help']], [['-h']], [['help']], [['--help', '--no-color']]])(
    'gcsat %j',
    async (args) => {
      const { code, stdout, stderr } = await run(args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      for (const [name] of paths(program)) expect(stdout).toContain(`\n  ${name} `);
      for (const flag of ['--profile <name>', '--json', '--sandbox', '--no-color', '--version']) {
        expect(stdout).toContain(flag);
      }
      expect(stdout).toContain('gcsat replay --sandbox');
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    },
  );

  test.each(paths(program).map((path) => path.join(' ')))('gcsat %s --help', async (line) => {
    const names = line.split(' ');
    const { code, stdout, stderr } = await runInside([...names, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`\n  gcsat ${line}`);
    expect(stdout).toContain('--help');
    expect((await runInside(['help', ...names.slice(0, 1)])).code).toBe(0);
  });

  test('offer every delivery that there is', async () => {
    const used = [['--help'], ['completion', 'bash'], ['completion', 'zsh'], ['completion', 'fish']];
    for (const args of [
      ...used,
      ['surveys', '--delivery', 'pigeon'],
      ['configure', 'set', 'delivery=pigeon'],
    ]) {
      const { stdout, stderr } = await runInside(args);
      expect(stdout + stderr).toContain('gladly-sms');
      expect(stdout + stderr).toContain('medallia');
    }
  });

  test('the help of configure set names every key', async () => {
    const { stdout: help } = await runInside(['configure', 'set', '--help']);
    const { document } = await runJsonInside(['configure', 'show']);
    const fixed = [
      'profile',
      'domain',
      'allowHost',
      'sandbox',
      'signingKey',
      'email',
      'token',
      'database',
      'brands',
      'dataDir',
      'configDir',
      'webhookCredentials',
    ];
    for (const key of Object.keys(document.settings)) {
      if (!fixed.includes(key)) expect(help).toMatch(new RegExp(`\\b${key}\\b`));
    }
  });
});

describe('usage errors', () => {
  test.each([
    ['foo', "error: unknown command 'foo' for gcsat (See `gcsat --help`.)"],
    ['sruveys', "error: unknown command 'sruveys' for gcsat (Did you mean 'surveys'? See `gcsat --help`.)"],
    ['foo --bar', "unknown command 'foo'"],
    ['login', "unknown command 'login' for gcsat (Run `gcsat configure`.)"],
    ['auth login', "unknown command 'auth' for gcsat (Run `gcsat configure`.)"],
    ['list', 'Run `gcsat surveys list`.'],
    ['version', 'Run `gcsat --version`.'],
    ['backfill --since 1w', "since '1w' is not a time (Write 7d, or give a date"],
    ['sync --max-duration 7days', "'7days' is not a duration (Write 7d.)"],
    ['surveys shwo', "Did you mean 'show'?"],
    ['configure tset', "unknown command 'tset' for gcsat configure"],
    ['--profil x surveys', 'Did you mean --profile?'],
    ['surveys list --stat x', "unknown option '--stat' for gcsat surveys list (Did you mean --state?"],
    ['surveys show', "missing required argument 'id'"],
    ['surveys show a b', 'too many arguments'],
    ['backfill extra', "too many arguments: `gcsat backfill` takes none, but there is 'extra'"],
    ['sync x', 'too many arguments: `gcsat sync` takes none'],
    ['serve --json x', 'too many arguments: `gcsat serve` takes none'],
    ['surveys list x', 'too many arguments: `gcsat surveys list` takes none'],
    ['surveys x', "unknown command 'x' for gcsat surveys"],
    ['sync --json=false', 'the option --json takes no value'],
    ['--json=false sync', 'the option --json takes no value'],
    ['sync --help=x', 'the option --help takes no value'],
    ['--profile', "option '--profile <name>' argument missing"],
    [
      '--delivery pigeon surveys',
      'Allowed choices are outbox, smtp, gladly-email, gladly-sms, medallia (See',
    ],
    ['completion powershell', 'Allowed choices are bash, zsh, fish'],
    ['--json', 'no command given'],
    ['configure show --json --jsonl', '--json and --jsonl contradict each other'],
    ['configure show -q -v', '--quiet and --verbose contradict each other'],
    ['configure show --profile ../x', "--profile: '../x' is not a profile name"],
  ])('gcsat %s', async (line, message) => {
    const { code, stdout, stderr } = await runInside(line.split(' '));
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^error: [^\n]+ \([^\n]+\)\n$/);
    if (!line.includes('--json')) expect(stdout).toBe('');
  });

  test('--json puts the error on stdout too, as the only document', async () => {
    const { code, document, stderr } = await runJsonInside(['foo']);
    expect(code).toBe(2);
    expect(document).toEqual({
      error: {
        code: 'unknown_command',
        message: "unknown command 'foo' for gcsat",
        hint: 'See `gcsat --help`.',
        conversationId: null,
      },
    });
    expect(stderr).toMatch(/^error: /);
  });

  test('a token has no flag, and one that is given nevertheless is not repeated', async () => {
    for (const args of [
      ['configure', '--token=hidden-token'],
      ['replay', '--token', 'hidden-token'],
    ]) {
      const { code, stdout, stderr } = await runInside([...args, '--json']);
      expect(code).toBe(2);
      expect(stderr).toContain('--token-stdin');
      expect(stdout + stderr).not.toContain('hidden-token');
    }
    expect((await runInside(['--help'])).stdout).not.toMatch(/--token[ =<]/);
  });

  test('control characters of an argument do not reach the terminal', async () => {
    const { stderr } = await runInside(['\u001B[2J\u009Bfoo\nbar']);

    expect(stderr).toMatch(/^[^\u001B\u009B\n]+\n$/);
  });
});

describe('global options', () => {
  test('stand before or after the command, the inner one wins', async () => {
    for (const args of [
      ['--timeout', '7', 'configure', 'show'],
      ['configure', '--timeout', '7', 'show'],
      ['configure', 'show', '--timeout', '7'],
      ['--timeout', '9', 'configure', 'show', '--timeout=7'],
    ]) {
      const { document } = await runJsonInside(args);
      expect(document.settings.timeout).toEqual({ value: '7', origin: 'flag' });
    }
  });

  test('what follows an option of a command is its value, whatever it looks like', async () => {
    const { document, code } = await runJsonInside(['post', 'x', '--comment', '--jsonl', '--rating', '9']);
    expect(code).toBe(2);
    expect(document.error.message).toContain('rating');
  });

  test('are refused when a variable is wrong, with exit 3', async () => {
    const { code, stderr } = await runInside(['configure', 'show'], { env: { GCSAT_LOG_LEVEL: 'loud' } });
    expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('GCSAT_LOG_LEVEL') });
  });

  test.each([
    ['FORCE_COLOR', { FORCE_COLOR: '1' }, [], true],
    ['NO_COLOR', { FORCE_COLOR: '1', NO_COLOR: '1' }, [], false],
    ['--no-color', { FORCE_COLOR: '1' }, ['--no-color'], false],
    ['no terminal', {}, [], false],
  ])('colors: %s', async (_name, env, flags, colored) => {
    for (const args of [['configure', 'show'], ['surveys', '--help'], ['foo']]) {
      const { stdout, stderr } = await runInside([...args, ...flags], { env });
      expect((stdout + stderr).includes('\u001B[')).toBe(colored);
    }
  });
});

describe('a missing configuration', () => {
  test('is exit 3 and says everything that is missing', async () => {
    const { code, stderr } = await runInside(['attribute', 'x']);
    expect(code).toBe(3);
    for (const word of ['domain', 'email', 'token', 'gcsat configure', 'GCSAT_TOKEN', '--sandbox']) {
      expect(stderr).toContain(word);
    }
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  test('a corrupt one is exit 3, named, and left as it is', async () => {
    const folder = join(temporaryFolder(), 'config');
    const file = join(folder, 'config.json');
    mkdirSync(folder);
    writeFileSync(file, '{"profiles": {"default": {"token": "hidden-token"');
    const env = { GCSAT_CONFIG_DIR: folder };
    for (const args of [
      ['attribute', 'x'],
      ['configure', 'show'],
      ['configure', 'set', 'sample=5'],
    ]) {
      const { code, stdout, stderr } = await runInside([...args, '-v'], { env });
      expect(code).toBe(3);
      expect(stderr).toContain(file);
      expect(stdout + stderr).not.toContain('hidden-token');
    }
    expect(readFileSync(file, 'utf8')).toBe('{"profiles": {"default": {"token": "hidden-token"');
  });

  test.each([
    'evil.com/acme.gladly.com',
    'acme.gladly.com.evil.com',
    'acme.gladly.com@evil.com',
    'http://acme.gladly.com',
    'https://evil.com',
  ])('domain %s', async (domain) => {
    const env = { GCSAT_EMAIL: 'api@acme.com', GCSAT_TOKEN: 'secret-token' };
    expect(await runInside(['attribute', 'x', '--domain', domain], { env })).toMatchObject({ code: 2 });
    const byVariable = await runInside(['attribute', 'x'], { env: { ...env, GCSAT_DOMAIN: domain } });
    expect(byVariable).toMatchObject({ code: 3, stderr: expect.stringMatching(/^error: GCSAT_DOMAIN: /) });
  });
});

describe('the embedded sandbox', () => {
  test('needs no configuration and leaves nothing behind', async () => {
    const temporary = temporaryFolder();
    const { code, document } = await runJson(['attribute', '--sandbox'], {
      env: { TMPDIR: temporary },
    });
    expect({ code, outcome: document.outcome }).toEqual({ code: 0, outcome: 'would_send' });
    expect(readdirSync(temporary)).toEqual([]);
  });

  test.each([
    ['replay', '--sandbox'],
    ['sync', '--sandbox'],
    ['replay', '--sandbox', '--delivery', 'outbox'],
    ['configure', 'test', '--sandbox'],
  ])('%s %s writes nothing into the folders of the real installation', async (...args) => {
    const folder = temporaryFolder();
    const env = { GCSAT_CONFIG_DIR: join(folder, 'config'), GCSAT_DATA_DIR: join(folder, 'data') };
    expect((await runInside(args, { env })).code).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    ['/nowhere/at/all', 'ENOENT'],
    ['/dev/null', 'ENOTDIR'],
  ])('says so when its folder can not be made in %s', async (TMPDIR, reason) => {
    const { code, document } = await runJson(['replay', '--sandbox'], { env: { TMPDIR } });
    expect({ code, error: document.error }).toMatchObject({
      code: 3,
      error: { code: 'temporary_folder_unusable', message: expect.stringContaining(`${TMPDIR} (${reason})`) },
    });
  });

  test('refuses to be told an account', async () => {
    const result = await runInside(['attribute', '--domain', 'acme'], { env: { GCSAT_SANDBOX: '1' } });
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('--domain') });
  });
});

describe('pipes and signals', () => {
  test('a reader that goes away ends nothing loudly', async () => {
    for (const args of ['--help', 'completion bash', 'configure show', '--version']) {
      const folder = temporaryFolder();
      const shell = spawn('bash', ['-c', `"$NODE" "$BINARY" ${args} | head -c 0; echo "\${PIPESTATUS[0]}"`], {
        env: {
          PATH: process.env['PATH'],
          HOME: folder,
          NODE: process.execPath,
          BINARY: binary,
          GCSAT_LOG_LEVEL: 'error',
        },
      });
      const output = { stdout: '', stderr: '' };
      shell.stdout.on('data', (text: Buffer) => (output.stdout += text.toString()));
      shell.stderr.on('data', (text: Buffer) => (output.stderr += text.toString()));
      await once(shell, 'close');
      expect(output).toEqual({ stdout: '0\n', stderr: '' });
    }
  });

  test('a full disk behind stdout is an error', async () => {
    const shell = spawn('bash', ['-c', '"$NODE" "$BINARY" --help > /dev/full'], {
      env: { PATH: process.env['PATH'], NODE: process.execPath, BINARY: binary },
    });
    let stderr = '';
    shell.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    const [code] = await once(shell, 'close');
    expect({ code, stderr }).toEqual({ code: 7, stderr: expect.stringContaining('ENOSPC') });
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 143],
  ] as const)('%s stops with exit %i', async (signal, code) => {
    const child = start(['sandbox', '--size', '10']);
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await once(child, 'close')).toEqual([code, null]);
  });

  test('SIGHUP finishes what is in flight, and leaves no folder of the sandbox behind', async () => {
    const temporary = temporaryFolder();
    const child = start(['serve', '--sandbox', '--port', '0'], { env: { TMPDIR: temporary } });
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    await once(child.stdout, 'data');
    expect(readdirSync(temporary)).toHaveLength(1);
    child.kill('SIGHUP');
    child.kill('SIGHUP');
    expect(await once(child, 'close')).toEqual([143, null]);
    expect(stderr).toContain('"msg":"stopped"');
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('under nohup SIGHUP stops nothing', async () => {
    const child = start(['sandbox', '--size', '10'], { env: { _: '/usr/bin/nohup' } });
    await once(child.stdout, 'data');
    child.kill('SIGHUP');
    await sleep(300);
    expect(child.exitCode ?? child.signalCode).toBeNull();
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([143, null]);
  });

  test('nohup at a terminal is noticed too', async () => {
    const folder = temporaryFolder();
    // nohup turns into the program, whose process id the shell knows.
    const steps = [
      `cd ${folder}`,
      `env -u _ nohup ${process.execPath} ${binary} sandbox --size 10 2> /dev/null & child=$!`,
      'until grep -q Press nohup.out 2> /dev/null; do sleep 0.1; done',
      'kill -HUP $child; sleep 0.5; grep -q "^State:.*Z" /proc/$child/status || touch alive',
      'kill -TERM $child; wait $child; exit $?',
    ].join('\n');
    writeFileSync(join(folder, 'steps'), steps);
    // With `-i`, bash has job control, and leaves stdin to its background jobs.
    const terminal = spawn(installed('script'), ['-qec', `bash -i ${join(folder, 'steps')}`, '/dev/null'], {
      env: { PATH: process.env['PATH'], HOME: folder, TERM: 'xterm' },
    });
    onTestFinished(() => void terminal.kill('SIGKILL'));
    const [code] = await once(terminal, 'close');
    expect(code).toBe(143);
    expect(readdirSync(folder)).toContain('alive');
  });
});
