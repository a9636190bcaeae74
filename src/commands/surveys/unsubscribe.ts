import { addressArgument, dryRunOption } from '../program/common-options.ts';
import type { CommandDeclaration } from '../program/declaration.ts';

export const unsubscribeCommand: CommandDeclaration = {
  name: 'unsubscribe',
  summary: 'send no more surveys to an address, not even scheduled ones',
  arguments: [addressArgument],
  options: [dryRunOption],
  examples: ['gcsat surveys unsubscribe kim@example.com'],
  async run(context, { arguments: [address], options }) {
    const { unsubscribeAddress } = await import('../../workflow/operator/unsubscribed-addresses.ts');
    const { changeAddress } = await import('./address-change.ts');
    await changeAddress(context, options, (ledger, counts) =>
      unsubscribeAddress(ledger, address as string, context.now(), counts),
    );
  },
};
