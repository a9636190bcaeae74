import { addressChangeView } from '../../terminal/unsubscribed-view.ts';
import { countsUnasked } from '../../workflow/context/counts-unasked.ts';
import { withLedgerCopy } from '../../workflow/context/dry-run.ts';
import type { Services } from '../../workflow/context/services.ts';
import type { AddressChange } from '../../workflow/operator/unsubscribed-addresses.ts';
import type { CommandContext } from '../program/context.ts';

/** Changes an address in the ledger, or for a dry run in a copy of it, and prints the result. */
export async function changeAddress(
  { output, withLedger }: CommandContext,
  { dryRun = false }: { dryRun?: boolean | undefined },
  change: (ledger: Services['ledger'], countsUnasked: boolean) => Promise<AddressChange>,
): Promise<void> {
  await withLedger({ writes: !dryRun }, (opened) =>
    withLedgerCopy(opened.ledger, dryRun, async (ledger) => {
      const changed = { ...(await change(ledger, countsUnasked(opened.settings))), dryRun };
      output.result(changed, () => addressChangeView(changed));
    }),
  );
}
