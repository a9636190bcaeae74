import { timeNow } from '../../domain/values/instant.ts';
import { settingsFor } from '../../config/brand-settings.ts';
import type { Settings } from '../../config/settings.ts';
import { testPrefix, type SurveyMessage } from '../../ports/delivery-provider.ts';
import { isEmailAddress, phoneNumber } from '../../domain/eligibility/addresses.ts';
import { traitsOf, type DeliveryName } from '../../domain/delivery.ts';
import { surveyIdOf, surveyLinks } from '../../domain/survey/token.ts';
import { Failure } from '../../failure.ts';
import { memoryLimiterStore } from '../../gladly/http/pacing.ts';
import { refusalOf } from '../survey/deliver.ts';
import { openDelivery, publicUrlOf } from '../context/open-delivery.ts';
import { openGladly } from '../context/services.ts';
import { sampleMessage } from './sample-message.ts';

export interface Sample {
  delivery: DeliveryName;
  to: string;
  outcome: 'sent' | 'uncertain' | 'failed';
  externalId: string | null;
  surveyUrl: string;
  failure: Failure | null;
}

/**
 * Sends one sample survey to an address of the operator's, by the configured delivery, marked as a test. The ledger is
 * not touched, so its links lead to the page for surveys that are over.
 *
 * @param brand whose texts and design to use; null: the profile's
 * @throws Failure `bad_address` of kind usage, or why the delivery cannot be opened
 */
export async function sendSampleSurvey(
  settings: Settings,
  to: string,
  { signal, clock, brand = null }: { signal: AbortSignal; clock: () => number; brand?: string | null },
): Promise<Sample> {
  requireAddress(settings.delivery, to);
  const own = settingsFor(settings, brand) ?? settings;
  const context = { signal, clock, priority: 'interactive', debug: () => undefined } as const;
  const { client } = openGladly(settings, context, memoryLimiterStore());
  try {
    const companyName = own.policy.companyName ?? (await client.getOrganization()).name ?? '';
    const closedAt = timeNow(clock);
    // No closing has such an id, so this is no survey in the ledger.
    const surveyId = surveyIdOf(`sample\0${closedAt}`);
    const links = surveyLinks(publicUrlOf(own), await settings.surveySecret(), surveyId);
    const message: SurveyMessage = {
      ...sampleMessage({ surveyId, links, closedAt, companyName, language: own.policy.language }),
      brand,
      to: { address: phoneNumber(to) ?? to, name: null },
      channel: traitsOf(settings.delivery).addressKind === 'mobile' ? 'sms' : 'email',
      prefix: testPrefix,
    };
    const provider = await openDelivery(settings, client, clock, signal);
    const outcome = await provider.deliver(message, () => Promise.resolve()).finally(() => provider.close());
    return {
      delivery: settings.delivery,
      to,
      outcome: outcome.status === 'not_sent' ? 'failed' : outcome.status,
      externalId: outcome.status === 'sent' ? outcome.externalId : null,
      surveyUrl: message.surveyUrl,
      failure:
        outcome.status === 'sent'
          ? null
          : outcome.status === 'uncertain'
            ? outcome.failure
            : refusalOf(outcome),
    };
  } finally {
    client.close();
  }
}

function requireAddress(delivery: DeliveryName, to: string): void {
  const isMobile = traitsOf(delivery).addressKind === 'mobile';
  if (isMobile ? phoneNumber(to) !== null : isEmailAddress(to)) return;
  throw new Failure(
    'usage',
    'bad_address',
    `'${to}' is not ${isMobile ? 'a mobile number' : 'an email address'}, which ${delivery} needs`,
    { hint: isMobile ? 'Write it as +15550100123.' : 'Write it as robin@example.com.' },
  );
}
