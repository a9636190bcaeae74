import type { AlertPayload, AlertWay } from '../../domain/survey/alert.ts';
import { Failure } from '../../failure.ts';
import type { Services } from './services.ts';

declare const GCSAT_VERSION: string;

type AlertServices = Pick<Services, 'settings' | 'client' | 'clock' | 'signal'>;

/**
 * Sends one alert about a low rating. `leaving` is awaited right before a note leaves, because a note must not be
 * repeated.
 *
 * @returns null once it is sent; else why it is unknown whether the note arrived
 * @throws Failure when it certainly did not arrive; for webhooks and mail also when that is unknown
 */
export async function tellAlert(
  services: AlertServices,
  { way, id }: { way: AlertWay; id: string },
  payload: AlertPayload,
  leaving: () => Promise<void>,
): Promise<Failure | null> {
  const { client, clock } = services;
  const common = { id, payload, now: clock(), signal: services.signal };
  const { alerts, policy, smtpUrl, from, publicUrl } = services.settings;
  switch (way) {
    case 'webhook': {
      const { postAlert } = await import('../../delivery/alert-webhook.ts');
      const { url, secret } = alerts;
      if (url === null) throw notSet('an address for alerts', 'alertUrl');
      await postAlert({
        ...common,
        url,
        secret,
        format: policy.alertFormat,
        userAgent: `gcsat/${GCSAT_VERSION}`,
      });
      return null;
    }
    case 'mail': {
      const { mailAlert } = await import('../../delivery/alert-mail.ts');
      const { alertMail: to } = policy;
      if (to === null) throw notSet('an address for mails about low ratings', 'alertMail');
      if (smtpUrl === null) throw notSet('a mail server for alerts', 'smtpUrl');
      if (from === null) throw notSet('a sender of alerts', 'from');
      await mailAlert({ ...common, to, smtpUrl, from, publicUrl });
      return null;
    }
    case 'task': {
      if (!policy.followUpTask) throw notSet('a note in Gladly', 'followUpTask');
      const outcome = await client.addConversationNote(
        payload.data.conversation.id,
        noteText(payload),
        leaving,
      );
      if (outcome.status === 'not_sent') throw outcome.failure;
      return outcome.status === 'sent' ? null : outcome.failure;
    }
  }
}

/** The customer's comment stays on the card, which can be erased; a note cannot. */
function noteText({ data }: AlertPayload): string {
  const what = data.test ? '(Test) ' : data.lane === 'trial' ? '(Trial) ' : '';
  return `${what}Low rating: ${data.rating}/5. Please follow up with the customer; the survey card has the answer.`;
}

function notSet(what: string, key: string): Failure {
  return new Failure('configuration', 'alert_not_configured', `the profile no longer names ${what}`, {
    hint: `Set it with \`gcsat configure set ${key}=…\`.`,
    scope: 'item',
  });
}
