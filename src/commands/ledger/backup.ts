import { dryRunOption } from '../program/common-options.ts';
import type { CommandDeclaration } from '../program/declaration.ts';

export const backupCommand: CommandDeclaration = {
  name: 'backup',
  summary: 'copy the ledger to a new file while everything keeps running',
  details:
    'The copy is a consistent snapshot, and only you can read it. An existing file is never replaced. Prints what another ' +
    'machine needs besides the ledger.',
  arguments: [{ name: '<file>', description: 'to write' }],
  options: [dryRunOption],
  examples: ['gcsat ledger backup /backup/gcsat-$(date +%F).db'],
  async run(context, { arguments: [given], options }) {
    const { backUpLedger } = await import('../../workflow/operator/ledger.ts');
    const { ledgerPlaces } = await import('./places.ts');
    const places = await ledgerPlaces(context);
    const dryRun = options['dryRun'] === true;
    const progress = context.output.progress('copying the ledger');
    const document = await backUpLedger(places, given as string, dryRun).finally(() => progress.stop());
    const { ledger, file, bytes, alsoNeeded } = document;
    context.output.result(document, () =>
      [
        `Ledger        ${ledger}`,
        `Backup        ${dryRun ? 'would be ' : ''}${file}${dryRun ? '' : `, ${bytes.toLocaleString('en')} bytes`}`,
        ...alsoNeeded.map(
          ({ what, file: place }, index) =>
            `${(index === 0 ? 'Keep with it' : '').padEnd(14)}${what.padEnd(14)}${place ?? 'from the environment'}`,
        ),
      ].join('\n'),
    );
  },
};
