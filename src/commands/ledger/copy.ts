import { dryRunOption } from '../program/common-options.ts';
import type { CommandDeclaration } from '../program/declaration.ts';

export const copyCommand: CommandDeclaration = {
  name: 'copy',
  summary: 'copy the ledger into a new file or PostgreSQL database',
  details:
    'Copies a file to a PostgreSQL database, or back. Stop every gcsat that uses the source; nothing can write ' +
    'to it meanwhile. A copy that was stopped resumes where it left off. At the end, all rows of both are read and ' +
    'compared. If a URL has a password, put it in GCSAT_DATABASE_URL and write env for that side.',
  arguments: [
    { name: '<from>', description: 'a file, a postgres: URL, or env' },
    { name: '<to>', description: 'the same' },
  ],
  options: [dryRunOption],
  examples: ['gcsat ledger copy /var/lib/gcsat/ledger.db env', 'gcsat ledger copy env ledger.db'],
  async run(context, { arguments: [from, to], options }) {
    const { copyLedgerTo } = await import('../../workflow/operator/ledger.ts');
    const { placeOfLedger } = await import('./places.ts');
    const progress = context.output.progress('copying the ledger');
    const dryRun = options['dryRun'] === true;
    const document = await copyLedgerTo(
      {
        from: await placeOfLedger(context, from as string),
        to: await placeOfLedger(context, to as string),
        dryRun,
        now: context.now(),
      },
      (table) => progress.update(`copying ${table}`),
    ).finally(() => progress.stop());
    context.output.result(document, () =>
      [
        `From          ${document.from}`,
        `To            ${document.to}`,
        `Rows          ${document.rows.toLocaleString('en')}${dryRun ? ' would be copied' : ', the same in both'}`,
      ].join('\n'),
    );
  },
};
