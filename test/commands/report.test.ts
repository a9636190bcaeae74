import { expect, test } from 'vitest';
import type { CommandContext } from '../../src/commands/program/context.ts';
import { parseCommandLine } from '../../src/commands/program/parse.ts';
import { screen } from '../terminal/screen.ts';

const sink = { columns: 80, color: false, version: '0', print: () => undefined };

/** Mistakes are found before the ledger is opened. */
async function failureOf(args: readonly string[], json = false): Promise<unknown> {
  const context = {
    output: { ...screen(), json },
    clock: Date.now,
    withLedger: () => Promise.reject(new Error('the ledger was opened')),
  } as unknown as CommandContext;
  try {
    await parseCommandLine(['report', ...args], sink)?.run(context);
    return null;
  } catch (error) {
    return error;
  }
}

test.each([
  [['--by', 'agents'], 'field_unknown'],
  [['--by', ''], 'field_unknown'],
  [['--by', 'agent,inbox,day'], 'bad_usage'],
  [['--by', 'agent,agent'], 'bad_usage'],
  [['--min', 'few'], 'min_invalid'],
  [['--csv', 'columns'], 'bad_usage'],
  [['--since', 'soon'], 'bad_time_range'],
  [['--until', '30d'], 'bad_time_range'],
  [['--timezone', 'Mars'], 'bad_time_range'],
])('gcsat report %j is a mistake', async (args, code) => {
  expect(await failureOf(args)).toMatchObject({ kind: 'usage', code });
});

test('CSV is no JSON', async () => {
  expect(await failureOf(['--csv'], true)).toMatchObject({ code: 'contradicting_options' });
  expect(await failureOf(['--csv'])).toMatchObject({ message: 'the ledger was opened' });
});
