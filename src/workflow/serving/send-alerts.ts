import type { Alert } from '../../domain/survey/alert.ts';
import type { Log } from '../../ports/log.ts';
import { dueAlerts, sendAlert, type AlertResult } from '../answers/alerts.ts';
import { thrownBy } from '../context/defect.ts';
import { errorFields } from '../context/error-fields.ts';
import type { Services } from '../context/services.ts';
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
      logResult(log, alert, sent);
    },
  });
}

function logResult(
  log: Log,
  { id: alert, surveyId: survey, way }: Alert,
  { result, failure }: AlertResult,
): void {
  if (failure === null) log.info({ alert, survey, way }, 'alert sent');
  else if (failure.kind === 'defect')
    log.error({ alert, survey, way, ...errorFields(thrownBy(failure)) }, 'unexpected, please report it');
  else log.warn({ alert, survey, way, code: failure.code, hint: failure.hint }, `alert ${result}`);
}
