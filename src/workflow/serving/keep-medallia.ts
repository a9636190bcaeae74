import type { Log } from '../../ports/log.ts';
import type { MedalliaTally } from '../answers/medallia-rows.ts';
import { pullMedallia } from '../answers/pull-medallia.ts';
import type { Services } from '../context/services.ts';
import { countUnasked } from '../queue/count-unasked.ts';
import { keepTime } from './keep-going.ts';

export interface MedalliaListener {
  /** All that Agent Connect had was read. */
  pulled(tally: MedalliaTally): void;
  pullFailed(): void;
}

const readEveryMilliseconds = 60_000;
const countEveryMilliseconds = 20_000;

/**
 * Reads what is new at Agent Connect, and has closings count there of which nobody is asked, until the services stop.
 *
 * @param onNews there may be new answers
 */
export async function keepMedallia(
  services: Services,
  { listener, log }: { listener: MedalliaListener; log: Log },
  onNews: () => void,
): Promise<void> {
  const read = async (): Promise<null> => {
    const tally = await pullMedallia(services).catch((error: unknown) => {
      if (!services.signal.aborted) listener.pullFailed();
      throw error;
    });
    if (tally === null) return null;
    listener.pulled(tally);
    if (tally.rows === 0) return null;
    log.info({ ...tally }, 'read Agent Connect');
    onNews();
    return null;
  };
  const count = async (): Promise<null> => {
    const tally = await countUnasked(services);
    const isNews = tally !== null && Object.values(tally).some((number) => number > 0);
    if (isNews) log.info({ ...tally }, 'reported closings without a survey to Agent Connect');
    return null;
  };
  await Promise.all([
    keepTime(services, log, readEveryMilliseconds, read),
    keepTime(services, log, countEveryMilliseconds, count),
  ]);
}
