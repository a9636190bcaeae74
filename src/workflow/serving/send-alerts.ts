import type { Alert } from '../../domain/survey/alert.ts';
import type { Log } from '../../ports/log.ts';
import { dueAlerts, sendAlert } from '../answers/alerts.ts';
import type { Services } from '../context/services.ts';
import { logFailure } from './log-failure.ts';
import type { WakeUp } from './wake-up.ts';
import { workOff } from './work-off.ts';

export interface AlertListener {
  alerted(way: Alert['way'], result: 'sent' | 'failed' | 'uncertain'): void;
}

/** Sends alerts as soon as they are due, until the services stop. @throws Failure of the ledger */
export async function sendAlerts(
  services: Services,
  wakeUp: WakeUp,
  { listener, log }: { listener: AlertListener; log: Log },
  onSuccess: () => void,
): Promise<void> {
  await workOff<Alert>(services, wakeUp, {
    due: (limit) => dueAlerts(services, limit),
    keyOf: ({ id, way }) => `${id} ${way}`,
    async work(alert) {
      const sent = await sendAlert(services, alert);
      if (sent.result === 'gone') return;
      if (sent.result === 'sent') onSuccess();
      listener.alerted(alert.way, sent.result);
      const { id, surveyId, way } = alert;
      const fields = { alert: id, survey: surveyId, way };
      if (sent.failure === null) log.info(fields, 'alert sent');
      else logFailure(log, fields, sent.failure, `alert ${sent.result}`);
    },
  });
}
