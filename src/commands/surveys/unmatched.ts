import type { CommandDeclaration } from '../program/declaration.ts';

export const unmatchedCommand: CommandDeclaration = {
  name: 'unmatched',
  summary: 'list rows of Agent Connect that gcsat did not request, newest change first',
  details:
    'Lists the newest 1000 rows of Medallia Agent Connect that match no closing of the ledger, as far as `gcsat sync` ' +
    'and `gcsat serve` have read them. Reads only the ledger: it needs no token and no network.',
  examples: ['gcsat surveys unmatched', 'gcsat surveys unmatched --jsonl'],
  async run({ output, withLedger }) {
    const { unmatchedView } = await import('../../terminal/unmatched-view.ts');
    const { unmatchedRows } = await import('../../workflow/operator/unmatched-rows.ts');
    await withLedger({ writes: false }, async ({ ledger }) => {
      const entries = await unmatchedRows(ledger);
      if (output.jsonl) for (const entry of entries) output.line(entry);
      else output.result(entries, () => unmatchedView(entries, output));
    });
  },
};
