import type { Log } from '../../ports/log.ts';
import type { PullCounts } from '../answers/medallia-rows.ts';
import { pullMedallia } from '../answers/pull-medallia.ts';
import type { Services } from '../context/services.ts';
import { countUnasked } from '../queue/count-unasked.ts';
import { repeatEvery } from './keep-going.ts';

export interface MedalliaListener {
  /** Everything that Agent Connect had was read. */
  pulled(counts: PullCounts): void;
  pullFailed(): void;
}

const readEveryMilliseconds = 60_000;
const countEveryMilliseconds = 20_000;

/**
 * Reads what is new at Agent Connect, and reports suppressed closings that count there, until the services stop.
 *
 * @param onNews there may be new answers
 */
export async function keepMedallia(
  services: Services,
  { listener, log }: { listener: MedalliaListener; log: Log },
  onNews: () => void,
): Promise<void> {
  const read = async (): Promise<null> => {
    const counts = await pullMedallia(services).catch((error: unknown) => {
      if (!services.signal.aborted) listener.pullFailed();
      throw error;
    });
    if (counts === null) return null;
    listener.pulled(counts);
    if (counts.rows === 0) return null;
    log.info({ ...counts }, 'read Agent Connect');
    onNews();
    return null;
  };
  const count = async (): Promise<null> => {
    const counts = await countUnasked(services);
    const isNews = counts !== null && Object.values(counts).some((number) => number > 0);
    if (isNews) log.info({ ...counts }, 'reported closings without a survey to Agent Connect');
    return null;
  };
  await Promise.all([
    repeatEvery(services, log, readEveryMilliseconds, read),
    repeatEvery(services, log, countEveryMilliseconds, count),
  ]);
}
