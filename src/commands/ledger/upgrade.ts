import { dryRunOption } from '../program/common-options.ts';
import type { CommandDeclaration } from '../program/declaration.ts';

export const upgradeCommand: CommandDeclaration = {
  name: 'upgrade',
  summary: 'upgrade the ledger to the version of this gcsat',
  details:
    'Every command that works on closings does this automatically. Run it first if several hosts use one ledger: older ' +
    'versions of gcsat are refused at their next write, and reads continue.',
  options: [dryRunOption],
  examples: ['gcsat ledger upgrade'],
  async run(context, { options }) {
    const { upgradeLedger } = await import('../../workflow/operator/ledger.ts');
    const { ledgerPlaces } = await import('./places.ts');
    const dryRun = options['dryRun'] === true;
    const document = await upgradeLedger((await ledgerPlaces(context)).database, dryRun);
    const { ledger, from, to } = document;
    context.output.result(document, () =>
      from === to
        ? `The ledger ${ledger} already has version ${to}.`
        : `The ledger ${ledger} ${dryRun ? 'would go' : 'went'} from version ${from} to ${to}.`,
    );
  },
};
