import type { Closing } from '../../domain/closing/closing.ts';
import { credibleTime } from '../../domain/closing/identity.ts';
import { conversationUrl } from '../../domain/survey/conversation-url.ts';
import { surveyLinks } from '../../domain/survey/token.ts';
import { firstNameOf } from '../../domain/values/person-name.ts';
import type { Customer } from '../../gladly/resources/customers.ts';
import type { Organization } from '../../gladly/resources/organization.ts';
import type { Interaction, SurveyMessage } from '../../ports/delivery-provider.ts';
import { settingsNow } from './brand.ts';
import { publicUrlOf } from '../context/open-delivery.ts';
import type { Services } from '../context/services.ts';

/** What a message says that its closing does not hold. */
export interface MessageParts {
  agent: { name: string | null; email: string | null } | null;
  channel: string | null;
  customer: Customer;
  organization: Organization;
  /** The customer's address. */
  address: string;
  isReminder?: true;
}

/** The message for a decided closing, or its reminder: both have the same links. */
export async function composeMessage(
  services: Services,
  closing: Closing,
  { agent, channel, customer, organization, address, isReminder }: MessageParts,
): Promise<SurveyMessage> {
  const { surveyId, brand } = closing;
  if (surveyId === null) throw new Error('a survey was decided without an id');
  const settings = settingsNow(services.settings, brand);
  const links = surveyLinks(publicUrlOf(settings), await services.linkKey(), surveyId);
  const name = agent?.name ?? null;
  return {
    surveyId,
    conversationId: closing.conversationId,
    closingId: closing.id,
    brand,
    to: { address, name: customer.name },
    agent: { name, firstName: firstNameOf(name, agent?.email ?? null) },
    companyName: settings.policy.companyName ?? organization.name ?? '',
    language: settings.policy.language,
    channel,
    closedAt: credibleTime(closing.closedAt, closing.evidence?.conversation.closedAt),
    timeZone: organization.timezone,
    surveyUrl: links.survey,
    ratingUrls: links.ratings,
    unsubscribeUrl: links.unsubscribe,
    interaction: interactionOf(services, closing, customer, agent?.email ?? null),
    ...(isReminder === undefined ? {} : { isReminder, remindsOf: closing.externalId }),
  };
}

function interactionOf(
  { settings }: Services,
  { conversationId, evidence }: Closing,
  customer: Customer,
  agentEmail: string | null,
): Interaction {
  const parts = { origin: settings.origin, customerId: customer.id, conversationId };
  return {
    url: conversationUrl(settings.policy.conversationLink, parts),
    agentEmail,
    topics: evidence?.conversation.topics.flatMap(({ name }) => name ?? []) ?? [],
    inbox: evidence?.conversation.inbox?.name ?? null,
  };
}
