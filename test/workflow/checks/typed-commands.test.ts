import { expect, test } from 'vitest';
import { typedCommands } from '../../../src/workflow/checks/typed-commands.ts';
import { at, freshLedger, leaving, moved } from '../../store/support.ts';

test('the newest three are named, and how many others the list has', async () => {
  const ledger = await freshLedger();
  const list = 'gcsat surveys list --state uncertain';
  const told = (count: number): Promise<string> =>
    typedCommands(
      ledger,
      { filter: { states: ['uncertain'] }, count, list, nowMs: Date.parse(at(500)) },
      (id) => `settle ${id}`,
    );
  expect(await told(1)).toBe('`settle ID`');
  const surveys: string[] = [];
  for (let number = 1; number <= 5; number += 1) {
    const { id } = await leaving(ledger, `c${number}`);
    await moved(ledger, id, 'doubt', at(20));
    surveys.unshift(`\`settle survey-${id}\``);
    if (number === 3) expect(await told(3)).toBe(surveys.join(', '));
  }
  const named = surveys.slice(0, 3).join(', ');
  expect(await told(5)).toBe(`${named}, and the same for 2 more, which \`${list}\` lists`);
});
