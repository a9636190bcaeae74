import { timeNow } from '../domain/values/instant.ts';
import { addressChangeView, unsubscribedView } from '../terminal/unsubscribed-view.ts';
import { withDryRun } from '../workflow/context/dry-run.ts';
import type { Services } from '../workflow/context/services.ts';
import {
  resubscribeAddress,
  unsubscribeAddress,
  unsubscribedAddresses,
  type AddressChange,
} from '../workflow/operator/unsubscribed-addresses.ts';
import type { CommandContext } from './context.ts';
import { withServices } from './with-services.ts';

/** `gcsat surveys unsubscribed`: the addresses that are not asked again. */
export async function runUnsubscribed(context: CommandContext): Promise<void> {
  await withServices(context, 'interactive', async ({ ledger }) => {
    const { output } = context;
    const entries = await unsubscribedAddresses(ledger);
    if (output.jsonl) for (const entry of entries) output.line(entry, () => '');
    else output.result(entries, () => unsubscribedView(entries, output));
  });
}

/** `gcsat surveys unsubscribe ADDRESS`: repeating it changes nothing. */
export async function runUnsubscribe(
  context: CommandContext,
  address: string,
  dryRun: boolean,
): Promise<void> {
  await changeAddress(context, dryRun, (ledger) =>
    unsubscribeAddress(ledger, address, timeNow(context.clock)),
  );
}

/** `gcsat surveys resubscribe ADDRESS`: repeating it changes nothing. */
export async function runResubscribe(
  context: CommandContext,
  address: string,
  dryRun: boolean,
): Promise<void> {
  await changeAddress(context, dryRun, (ledger) => resubscribeAddress(ledger, address));
}

async function changeAddress(
  context: CommandContext,
  dryRun: boolean,
  change: (ledger: Services['ledger']) => Promise<AddressChange>,
): Promise<void> {
  await withServices(context, 'interactive', (services) =>
    withDryRun(services, dryRun, async ({ ledger }) => {
      const changed = { ...(await change(ledger)), dryRun };
      context.output.result(changed, () => addressChangeView(changed));
    }),
  );
}
