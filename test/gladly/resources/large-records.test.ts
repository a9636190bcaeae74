import { expect, test } from 'vitest';
import { recordsOf } from '../../../src/gladly/resources/report-table.ts';
import { all, failureOf } from '../local-gladly.ts';
import { Problem } from '../../../src/gladly/http/errors.ts';

const asked = { operation: 'generateReport', host: 'acme.gladly.com', noun: null, id: null };
const mebibyte = 1024 * 1024;

async function* report(size: number): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from('Conversation ID,Topic\nc1,"');
  for (let sent = 0; sent < size; sent += mebibyte / 4) yield Buffer.alloc(mebibyte / 4, 'x');
  yield Buffer.from('"\n');
}

test('a record longer than any real one is a problem, and is not collected', async () => {
  expect(await all(recordsOf(report(mebibyte / 2), ['Conversation ID'], asked))).toEqual([
    { 'Conversation ID': 'c1' },
  ]);
  const failure = await failureOf(
    all(recordsOf(report(2 * mebibyte), ['Conversation ID'], asked)).catch((error: unknown) => {
      throw error instanceof Problem ? error.failure : error;
    }),
  );
  expect(failure).toMatchObject({ kind: 'contract', code: 'unreadable_answer' });
});
