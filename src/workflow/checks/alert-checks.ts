import { openAlerts } from '../../store/answers/alerts.ts';
import { alertPlan } from '../context/alert-plan.ts';
import { ok, skipped, type Check, type Finding } from './check.ts';
import type { CheckSources } from './check-sources.ts';
import { outstandingFinding } from './outstanding.ts';

export const alertWaysCheck: Check<Pick<CheckSources, 'settings'>> = {
  id: 'alerts.ways',
  about: 'alerts about low ratings are fully configured',
  matters: 'An alert that cannot be sent is tried for three days, and then given up.',
  needs: ['config.files'],
  run({ settings }) {
    const given = settings();
    const { ways } = alertPlan(given);
    if (ways.length === 0) return skipped('no alerts are configured');
    const { alerts, policy, smtpUrl, from } = given;
    if (alerts.url !== null && alerts.secret === null && policy.alertFormat === 'standard')
      return lacking('alerts have no signing secret', 'gcsat configure set alertSecret=-');
    if (policy.alertMail !== null && smtpUrl === null)
      return lacking('mails about low ratings have no mail server', 'gcsat configure set smtpUrl=-');
    if (policy.alertMail !== null && from === null)
      return lacking('mails about low ratings have no sender', 'gcsat configure set from=…');
    return ok(ways.join(', '));
  },
};

function lacking(summary: string, fix: string): Finding {
  return { status: 'warning', code: 'alerts_incomplete', summary, fix };
}

export const outstandingAlertsCheck: Check<Pick<CheckSources, 'ledger' | 'clock'>> = {
  id: 'alerts.outstanding',
  about: 'every alert about a low rating was sent',
  matters: 'Nobody sees these low ratings until the next report.',
  needs: ['ledger.open', 'ledger.version'],
  async run({ ledger, clock }) {
    const alerts = await openAlerts(await ledger());
    return outstandingFinding(alerts, clock(), {
      none: 'none is waiting',
      summary: `${alerts.count} ${alerts.count === 1 ? 'alert waits' : 'alerts wait'}`,
      code: 'alerts_outstanding',
    });
  },
};
