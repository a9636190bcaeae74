import { expect, onTestFinished, test, vi } from 'vitest';
import type { Failure } from '../../src/failure.ts';
import { listenForSignals } from '../../src/commands/program/signals.ts';

function listen(keeps?: () => boolean): AbortSignal {
  const { signal, close } = listenForSignals(() => 0, keeps);
  onTestFinished(close);
  onTestFinished(() => void vi.unstubAllEnvs());
  return signal;
}

test.each([
  ['SIGINT', 'interrupted'],
  ['SIGTERM', 'terminated'],
  ['SIGHUP', 'terminated'],
] as const)('%s aborts with a failure that names it', (name, kind) => {
  vi.stubEnv('_', undefined);
  const signal = listen();
  process.emit(name, name);
  expect(signal.reason).toMatchObject({ kind, code: kind, message: `stopped by ${name}` });
});

test('under nohup a SIGHUP does nothing, and a SIGTERM still stops', () => {
  vi.stubEnv('_', '/usr/bin/nohup');
  const signal = listen();
  process.emit('SIGHUP', 'SIGHUP');
  expect(signal.aborted).toBe(false);
  process.emit('SIGTERM', 'SIGTERM');
  expect(signal.reason).toMatchObject({ message: 'stopped by SIGTERM' });
});

test('only where the ledger stays, running the same command again goes on', () => {
  const hint = (keeps?: () => boolean): string => {
    const signal = listen(keeps);
    process.emit('SIGINT', 'SIGINT');
    return (signal.reason as Failure).hint;
  };
  expect(hint()).toContain('again to continue');
  expect(hint(() => false)).toContain('starts over');
});
