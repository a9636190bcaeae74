import type { SendingPause } from '../../domain/closing/pause.ts';
import { timeNow } from '../../domain/values/instant.ts';
import type { Log } from '../../ports/log.ts';
import { sendingPause } from '../../store/closings/pause.ts';
import type { Services } from '../context/services.ts';
import { repeatEvery } from './keep-going.ts';

/** A pause takes effect at once, in the ledger itself; this is how soon its beginning is logged and its end is seen. */
const everyMilliseconds = 1000;

/** Logs when a pause begins or ends, until the services stop. */
export function watchPause(services: Services, log: Log, onEnd: () => void): Promise<void> {
  let seen: SendingPause | null = null;
  return repeatEvery(services, log, everyMilliseconds, async () => {
    const pause = await sendingPause(services.ledger, timeNow(services.clock));
    if (pause !== null && pause.pausedAt !== seen?.pausedAt) {
      log.warn({ until: pause.until, hint: 'Resume with `gcsat resume`.' }, 'sending is paused');
    }
    if (pause === null && seen !== null) {
      log.info({}, 'sending resumes');
      onEnd();
    }
    seen = pause;
    return null;
  });
}
