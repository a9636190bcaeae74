import type { Output } from '../../terminal/output.ts';
import { queueLeftText, queueText } from '../../terminal/pause-view.ts';
import type { Services } from '../../workflow/context/services.ts';
import { queuedNow } from '../../workflow/operator/sending.ts';

type OnLedger = Pick<Services, 'ledger' | 'lane' | 'clock' | 'settings'>;

/** At the start of a command that may send. Does not mention an empty queue: cron would mail that at every tick. */
export async function announceQueue(output: Output, services: OnLedger, dryRun = false): Promise<void> {
  const queued = await queuedNow(services);
  if (queued.all === 0) return;
  output.info(queueText(queued, services.settings.delivery, dryRun ? 'they would leave' : 'they leave'));
}

/** At the end of a command that may have left closings to others. Never hides why the command ended. */
export async function announceRest(output: Output, services: OnLedger, isStopped: boolean): Promise<void> {
  const queued = await queuedNow(services).catch(() => null);
  if (queued === null || queued.all === 0) return;
  const text = queueLeftText(queued, services.settings.delivery);
  if (isStopped) output.warn(text);
  else output.info(text);
}
