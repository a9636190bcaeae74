import { timeNow } from '../domain/instant.ts';
import { addressChangeView, unsubscribedView } from '../terminal/unsubscribed-view.ts';
import {
  resubscribeAddress,
  unsubscribeAddress,
  unsubscribedAddresses,
} from '../workflow/unsubscribed-addresses.ts';
import type { CommandContext } from './context.ts';
import { withServices } from './with-services.ts';

/** `gcsat surveys unsubscribed`: the addresses that are not asked again. */
export async function runUnsubscribed(context: CommandContext): Promise<void> {
  await withServices(context, 'hand', async ({ ledger }) => {
    const { output } = context;
    const entries = await unsubscribedAddresses(ledger);
    if (output.jsonl) for (const entry of entries) output.line(entry, () => '');
    else output.result(entries, () => unsubscribedView(entries, output));
  });
}

/** `gcsat surveys unsubscribe ADDRESS`: repeating it changes nothing. */
export async function runUnsubscribe(context: CommandContext, address: string): Promise<void> {
  await withServices(context, 'hand', async ({ ledger }) => {
    const change = await unsubscribeAddress(ledger, address, timeNow(context.clock));
    context.output.result(change, () => addressChangeView(change));
  });
}

/** `gcsat surveys resubscribe ADDRESS`: repeating it changes nothing. */
export async function runResubscribe(context: CommandContext, address: string): Promise<void> {
  await withServices(context, 'hand', async ({ ledger }) => {
    const change = await resubscribeAddress(ledger, address);
    context.output.result(change, () => addressChangeView(change));
  });
}
