import { expect, onTestFinished, test, vi } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { registerSecret } from '../../src/terminal/redact.ts';
import { reportError } from '../../src/terminal/report.ts';

test('no part of an error has a secret: message, hint, conversation or trace, for scripts as for people', () => {
  registerSecret('s3cret-of-the-report');
  const told = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    const spy = vi.spyOn(process[name], 'write').mockImplementation((text) => {
      told[name] += text.toString();
      return true;
    });
    onTestFinished(() => spy.mockRestore());
  }
  const failure = new Failure('configuration', 'bad', 'not s3cret-of-the-report', {
    hint: 'use another than s3cret-of-the-report',
    conversationId: 'c-s3cret-of-the-report',
    cause: new Error('because of s3cret-of-the-report'),
  });
  const code = reportError(failure, { json: true, answered: false, verbose: true, color: false });
  vi.restoreAllMocks();
  expect(code).toBe(3);
  expect(JSON.parse(told.stdout)).toEqual({
    error: {
      code: 'bad',
      message: 'not [redacted]',
      hint: 'use another than [redacted]',
      conversationId: 'c-[redacted]',
    },
  });
  expect(told.stderr).toContain('error: not [redacted] (use another than [redacted])\n');
  expect(told.stderr).toContain('caused by: Error: because of [redacted]\n');
  expect(told.stderr).not.toContain('s3cret');
});
