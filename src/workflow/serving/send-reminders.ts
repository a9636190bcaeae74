import type { Log } from '../../ports/log.ts';
import { dueReminders } from '../queue/work-reminders.ts';
import type { Services } from '../context/services.ts';
import { remind } from '../survey/remind.ts';
import { logFailure } from './log-failure.ts';
import type { WakeUp } from './wake-up.ts';
import { workOff } from './work-off.ts';

export interface ReminderListener {
  reminded(result: 'sent' | 'left_out' | 'failed' | 'uncertain'): void;
}

/** Keeps a reminder that another process holds from being tried again and again. */
const waitMilliseconds = 3000;

/** Sends reminders as soon as they are due, until the services stop. @throws Failure that the next would meet too */
export async function sendReminders(
  services: Services,
  wakeUp: WakeUp,
  { listener, log }: { listener: ReminderListener; log: Log },
  onSuccess: () => void,
): Promise<void> {
  await workOff<string>(services, wakeUp, {
    due: (limit) => dueReminders(services, limit),
    keyOf: (closingId) => closingId,
    async work(closing) {
      const { result, failure } = await remind(services, closing);
      if (result === 'waiting') {
        await services.sleep(waitMilliseconds);
        return;
      }
      if (result === 'sent') onSuccess();
      listener.reminded(result);
      if (failure === null)
        log.info({ closing, result }, result === 'sent' ? 'reminder sent' : 'reminder left out');
      else logFailure(log, { closing, result }, failure, `reminder ${result}`);
    },
  });
}
