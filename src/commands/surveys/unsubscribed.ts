import type { CommandDeclaration } from '../program/declaration.ts';

export const unsubscribedCommand: CommandDeclaration = {
  name: 'unsubscribed',
  summary: 'list the addresses that get no surveys, newest first',
  details: 'Reads only the ledger: it needs no token and no network.',
  examples: ['gcsat surveys unsubscribed', 'gcsat surveys unsubscribed --jsonl'],
  async run({ output, withLedger }) {
    const { unsubscribedView } = await import('../../terminal/unsubscribed-view.ts');
    const { unsubscribedAddresses } = await import('../../workflow/operator/unsubscribed-addresses.ts');
    await withLedger({ writes: false }, async ({ ledger }) => {
      const entries = await unsubscribedAddresses(ledger);
      if (output.jsonl) for (const entry of entries) output.line(entry);
      else output.result(entries, () => unsubscribedView(entries, output));
    });
  },
};
