import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createOutput, type Output, type OutputOptions } from '../../src/terminal/output.ts';
import { registerSecret } from '../../src/terminal/redact.ts';

interface Captured {
  output: Output;
  stdout: () => string;
  stderr: () => string;
}

function capture(
  options: Partial<OutputOptions> = {},
  terminal: { columns?: number } | null = null,
): Captured {
  const texts = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => (texts[name] += text),
    ...(terminal === null ? {} : { isTTY: true, ...terminal }),
  });
  const output = createOutput({
    json: false,
    jsonl: false,
    level: 'info',
    color: { stdout: 0, stderr: 0 },
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    env: {},
    ...options,
  });
  return { output, stdout: () => texts.stdout, stderr: () => texts.stderr };
}

describe('results', () => {
  test('are text for people, with a line break at the end', () => {
    const { output, stdout } = capture();
    output.result({ a: 1 }, () => 'one');
    output.record({ a: 2 }, () => 'two\n');
    expect(stdout()).toBe('one\ntwo\n');
    expect(output.answered).toBe(false);
  });

  test('are one document under --json, and the human text is never made', () => {
    const { output, stdout } = capture({ json: true });
    const human = vi.fn(() => 'text');
    expect(output.answered).toBe(false);
    output.result([{ a: 1 }], human);
    expect(JSON.parse(stdout())).toEqual([{ a: 1 }]);
    expect(output.answered).toBe(true);
    expect(human).not.toHaveBeenCalled();
  });

  test('are a document a line under --jsonl', () => {
    const { output, stdout } = capture({ jsonl: true });
    output.line({ a: 'x\ny' });
    output.line({ a: 2 });
    expect(
      stdout()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([{ a: 'x\ny' }, { a: 2 }]);
  });

  test('hold no secret and nothing that a terminal obeys', () => {
    registerSecret('very-secret');
    const document = { name: 'very-secret \u009B2J\u202E', nested: ['very-secret'] };
    const json = capture({ json: true });
    json.output.result(document, () => '');
    expect(json.stdout()).not.toMatch(/very-secret|\u009B|\u202E/);
    expect(JSON.parse(json.stdout())).toEqual({ name: '[redacted] \u009B2J\u202E', nested: ['[redacted]'] });
    const text = capture();
    text.output.result(document, () => 'very-secret \u001B[31m\u001B[2J!');
    expect(text.stdout()).toBe('[redacted] !\n');
  });
});

describe('hints', () => {
  test('stand below the result on a terminal, and on stderr elsewhere', () => {
    const shown = capture({}, { columns: 80 });
    shown.output.result({}, () => 'table');
    shown.output.hint('Type `gcsat doctor`.');
    expect(shown.stdout()).toBe('table\n\nType `gcsat doctor`.\n');
    expect(shown.stderr()).toBe('');
    const piped = capture();
    piped.output.hint('Type\n`gcsat doctor`.');
    expect(piped.stdout()).toBe('');
    expect(piped.stderr()).toBe('Type `gcsat doctor`.\n');
  });

  test.each([{ json: true }, { jsonl: true }, { level: 'warn' as const }])(
    'are left out with %j',
    (options) => {
      for (const terminal of [null, { columns: 80 }]) {
        const { output, stdout, stderr } = capture(options, terminal);
        output.hint('Type `gcsat doctor`.');
        expect(stdout() + stderr()).toBe('');
      }
    },
  );
});

describe('notes', () => {
  test.each([
    ['error', ''],
    ['warn', 'warning: w\n'],
    ['info', 'i\nwarning: w\n'],
    ['debug', 'i\nwarning: w\ndebug: d\n'],
  ] as const)('at level %s', (level, expected) => {
    const { output, stdout, stderr } = capture({ level });
    output.info('i');
    output.warn('w');
    output.debug('d');
    expect(stderr()).toBe(expected);
    expect(stdout()).toBe('');
    expect(output.verbose).toBe(level === 'debug');
  });

  test('are one line each, without secrets and control characters', () => {
    registerSecret('very-secret');
    const { output, stderr } = capture();
    output.info('a\nb \u001B[31mvery-secret');
    expect(stderr()).toBe('a b [redacted]\n');
  });
});

describe('the terminal', () => {
  test('has its width; what is no terminal needs nothing cut', () => {
    expect(capture({}, { columns: 72 }).output.columns).toBe(72);
    expect(capture({}, { columns: 0 }).output.columns).toBe(80);
    expect(capture().output.columns).toBeGreaterThan(500);
  });

  test('has colors only at a level above 0', () => {
    expect(capture().output.paint.red('x')).toBe('x');
    const { output, stdout } = capture({ color: { stdout: 1, stderr: 0 } });
    output.result(null, () => output.paint.red('x'));
    expect(stdout()).toBe('\u001B[31mx\u001B[39m\n');
  });
});

describe('progress without a terminal', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  test('says nothing of short work', () => {
    const { output, stderr } = capture();
    const progress = output.progress('reading');
    progress.update('reading 1');
    vi.advanceTimersByTime(9_999);
    progress.stop();
    vi.advanceTimersByTime(60_000);
    expect(stderr()).toBe('');
  });

  test('says a line every 10 s of long work, until it ends', () => {
    const { output, stderr } = capture();
    const progress = output.progress('reading');
    progress.update('reading 1');
    vi.advanceTimersByTime(10_000);
    progress.update('reading\n2');
    vi.advanceTimersByTime(10_000);
    progress.stop();
    vi.advanceTimersByTime(60_000);
    expect(stderr()).toBe('reading 1\nreading 2\n');
  });

  test('says lines, too, on a terminal without a width, where a spinner would never end', () => {
    const { output, stderr } = capture({}, { columns: 0 });
    output.progress('reading');
    vi.advanceTimersByTime(10_000);
    expect(stderr()).toBe('reading\n');
  });

  test.each([{ TERM: 'dumb' }, { CI: 'true' }, { CI: '' }])(
    'says lines, too, on a terminal with %o, where ora shows nothing',
    (env) => {
      const { output, stderr } = capture({ env }, { columns: 80 });
      output.progress('reading');
      vi.advanceTimersByTime(10_000);
      expect(stderr()).toBe('reading\n');
    },
  );

  test('says nothing once it is stopped, or replaced, or when quiet', () => {
    const stopped = capture();
    stopped.output.progress('one');
    stopped.output.progress('two').stop();
    vi.advanceTimersByTime(60_000);
    expect(stopped.stderr()).toBe('');
    const quiet = capture({ level: 'warn' });
    quiet.output.progress('one');
    vi.advanceTimersByTime(60_000);
    expect(quiet.stderr()).toBe('');
  });
});
