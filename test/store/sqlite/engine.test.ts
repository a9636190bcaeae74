import { expect, test } from 'vitest';
import { openDatabase, refuseOldEngine } from '../../../src/store/sqlite/engine.ts';

test.each(['3.51.3', '3.51.10', '3.53.0', '4.0.0'])('SQLite %s is accepted', (version) => {
  expect(() => refuseOldEngine(version)).not.toThrow();
});

test.each(['3.45.1', '3.51.2', '2.99.99', '3.51', ''])(
  'SQLite %s, which can lose what is written, is refused',
  (version) => {
    expect(() => refuseOldEngine(version)).toThrow(
      expect.objectContaining({ kind: 'ledger', code: 'ledger_engine_too_old' }) as Error,
    );
  },
);

test('the engine that comes along is not refused', () => {
  openDatabase(':memory:').close();
});
