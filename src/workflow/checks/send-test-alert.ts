import { timeNow } from '../../domain/values/instant.ts';
import type { Settings } from '../../config/settings.ts';
import { alertIdOf, alertPayload, type AlertWay } from '../../domain/survey/alert.ts';
import { Failure } from '../../failure.ts';
import { memoryLimiterStore } from '../../gladly/http/pacing.ts';
import { alertPlan } from '../context/alert-plan.ts';
import { openGladly } from '../context/services.ts';
import { tellAlert } from '../context/tell-alert.ts';

/** The result of a test alert by one way. */
export interface TestAlert {
  way: AlertWay;
  failure: Failure | null;
}

/**
 * Sends one alert, marked as a test, by each configured way, but no note in Gladly: that would need a conversation.
 *
 * @throws Failure `alerts_off` of kind configuration when neither a webhook nor mail is configured
 */
export async function sendTestAlert(
  settings: Settings,
  { signal, clock }: { signal: AbortSignal; clock: () => number },
): Promise<TestAlert[]> {
  const ways = alertPlan(settings).ways.filter((way) => way !== 'task');
  if (ways.length === 0) {
    throw new Failure('configuration', 'alerts_off', 'neither alertUrl nor alertMail is set', {
      hint: 'Set one of them with `gcsat configure set`.',
    });
  }
  const context = { signal, clock, priority: 'interactive', debug: () => undefined } as const;
  const { client } = openGladly(settings, context, memoryLimiterStore());
  const at = timeNow(clock);
  const answer = {
    surveyId: `test ${at}`,
    revision: 1,
    rating: 1,
    resolved: false,
    reason: null,
    comment: 'A test.',
    question: null,
    answeredAt: at,
  };
  const closing = {
    conversationId: 'test',
    closedAt: at,
    agent: null,
    customer: null,
    lane: 'live',
    brand: null,
  } as const;
  const subject = { answer, closing, inbox: null, channel: null, conversationUrl: null };
  const payload = alertPayload(subject, { personal: true, test: true });
  const id = alertIdOf(answer.surveyId, answer.revision);
  const sent: TestAlert[] = [];
  try {
    for (const way of ways) {
      const failure = await tellAlert({ settings, client, clock, signal }, { way, id }, payload, () =>
        Promise.resolve(),
      ).catch((error: unknown) => {
        if (error instanceof Failure) return error;
        throw error;
      });
      sent.push({ way, failure });
    }
  } finally {
    client.close();
  }
  return sent;
}
