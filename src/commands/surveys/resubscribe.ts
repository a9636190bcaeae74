import { addressArgument, dryRunOption } from '../program/common-options.ts';
import type { CommandDeclaration } from '../program/declaration.ts';

export const resubscribeCommand: CommandDeclaration = {
  name: 'resubscribe',
  summary: 'let an address get surveys again',
  arguments: [addressArgument],
  options: [dryRunOption],
  examples: ['gcsat surveys resubscribe kim@example.com'],
  async run(context, { arguments: [address], options }) {
    const { resubscribeAddress } = await import('../../workflow/operator/unsubscribed-addresses.ts');
    const { changeAddress } = await import('./address-change.ts');
    await changeAddress(context, options, (ledger) => resubscribeAddress(ledger, address as string));
  },
};
