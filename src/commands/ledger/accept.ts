import { dryRunOption } from '../program/common-options.ts';
import type { CommandDeclaration } from '../program/declaration.ts';

export const acceptCommand: CommandDeclaration = {
  name: 'accept',
  summary: 'continue with a ledger that holds less than before',
  details:
    'gcsat refuses a ledger that is missing, empty, or older than before (ledger_shrank): otherwise it would ' +
    'survey customers ' +
    'again who were surveyed since. Put back the newest files if you can. Run this after you restored a backup, or if ' +
    'you started the ledger over on purpose.',
  options: [dryRunOption],
  examples: ['gcsat ledger accept'],
  async run(context, { options }) {
    const { acceptSettingsLedger } = await import('../../workflow/operator/accepted-ledger.ts');
    const { output } = context;
    const dryRun = options['dryRun'] === true;
    const accepted = await acceptSettingsLedger(await context.settings(), dryRun);
    output.warn('customers surveyed since this ledger was written may be surveyed again');
    const does = dryRun ? 'would continue' : 'continues';
    output.result(
      { dryRun, ...accepted },
      () => `gcsat ${does} with the ledger ${accepted.ledger} as it is.`,
    );
  },
};
