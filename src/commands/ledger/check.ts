import type { LedgerDocument } from '../../documents/ledger.ts';
import { Failure } from '../../failure.ts';
import type { CommandDeclaration } from '../program/declaration.ts';

export const checkCommand: CommandDeclaration = {
  name: 'check',
  isDefault: true,
  summary: 'read the whole ledger and report any damage',
  details: 'Does not contact Gladly, and needs no account. --database names another file, such as a backup.',
  examples: ['gcsat ledger check', 'gcsat ledger check --database /backup/gcsat.db'],
  async run(context) {
    const { clean } = await import('../../terminal/text.ts');
    const { checkLedger } = await import('../../workflow/operator/ledger.ts');
    const { ledgerPlaces } = await import('./places.ts');
    const document: LedgerDocument = await checkLedger((await ledgerPlaces(context)).database);
    const { ledger, version, bytes, organization, problems } = document;
    context.output.result(document, () =>
      [
        `Ledger        ${ledger}`,
        `Organization  ${organization === null ? 'none yet' : clean(`${organization.id} at ${organization.origin}`)}`,
        `Version       ${version}`,
        `Size          ${bytes.toLocaleString('en')} bytes`,
        `Integrity     ${problems.length === 0 ? 'whole' : problems.map(clean).join('\n              ')}`,
      ].join('\n'),
    );
    if (problems.length === 0) return;
    throw new Failure('ledger', 'ledger_damaged', `The ledger ${ledger} is damaged.`, {
      hint: 'Stop everything that uses it, and restore a backup: docs/serve.md describes how.',
    });
  },
};
