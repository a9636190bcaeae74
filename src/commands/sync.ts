import { Failure } from '../failure.ts';
import { syncView } from '../terminal/backfill-view.ts';
import type { SyncDocument } from '../documents/backfill.ts';
import { sync } from '../workflow/runs/sync.ts';
import type { CommandContext } from './context.ts';
import { checkFailures, longRun, warnOfUncertain } from './long-run.ts';
import { runLimits, type RunLimitOptions } from './run-limits.ts';
import { keepNoSigningKey, warnOfPlaceholderLinks, withServices } from './with-services.ts';

export interface SyncOptions extends RunLimitOptions {
  dryRun?: boolean | undefined;
}

/** `gcsat sync`: one cron tick. */
export async function runSync(context: CommandContext, options: SyncOptions): Promise<void> {
  const dryRun = options.dryRun === true;
  const limits = runLimits(options, context.clock());
  await warnOfPlaceholderLinks(context);
  if (dryRun) await keepNoSigningKey(context);
  await withServices(context, 'background', async (services) => {
    const timezone = (await services.organization()).timezone ?? 'UTC';
    const run = longRun(context, { above: null });
    const { document, failure } = await sync(services, { limits, dryRun, timezone }, run.listener).finally(
      () => run.end(),
    );
    context.output.record(document, () => syncView(document, context.output));
    warnOfUncertain(context, document);
    if (failure !== null) throw failure;
    checkFailures(document);
    checkCards(document);
  });
}

function checkCards({ cards }: SyncDocument): void {
  if (cards.failed === 0) return;
  throw new Failure('partial', 'cards_failed', `${cards.failed} answers have no card yet`, {
    hint: 'the next tick tries them again; -v tells why they failed',
  });
}
