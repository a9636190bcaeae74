import type { Evidence } from '../../domain/attribution/evidence.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import { conversationUrl } from '../../domain/survey/conversation-url.ts';
import { Failure } from '../../failure.ts';
import type { UnaskedInteraction } from '../../ports/delivery-provider.ts';
import type { Services } from '../context/services.ts';
import { createSteps } from '../context/steps.ts';
import { storedCustomer, evidenceOf } from '../survey/facts.ts';
import { fullLook, lookAtClosing } from '../survey/look.ts';
import { readEverything } from '../survey/read-conversation.ts';

type Known = Pick<Closing, 'evidence' | 'customer'>;

/**
 * What Agent Connect is told about a suppressed closing. A verdict may be certain before the timeline or the customer
 * is read; what was left unread is read now.
 *
 * @throws Failure of Gladly; `count_impossible` of kind partial when the closing has no agent or no email address, both
 *   of which Agent Connect needs
 */
export async function unaskedInteraction(services: Services, closing: Closing): Promise<UnaskedInteraction> {
  const { evidence, customer } = isRead(closing) ? closing : await readAll(services, closing);
  const attribution = evidence?.attribution ?? null;
  if (attribution === null) throw impossible(closing, 'no agent gets its rating');
  if (customer === null || customer.email === null)
    throw impossible(closing, 'its customer has no email address');
  const { conversationId, reasons } = closing;
  const { settings } = services;
  const { topics = [], inbox = null } = evidence?.conversation ?? {};
  return {
    conversationId,
    closingId: closing.id,
    customer: { email: customer.email, name: customer.name },
    agent: { name: attribution.agent.name },
    channel: attribution.channel,
    interaction: {
      url: conversationUrl(settings.policy.conversationLink, {
        origin: settings.origin,
        customerId: customer.id,
        conversationId,
      }),
      agentEmail: attribution.agent.email,
      topics: topics.flatMap(({ name }) => name ?? []),
      inbox: inbox?.name ?? null,
    },
    reasons: [...new Set(reasons.map(({ code }) => code))],
  };
}

/** Without the timeline, it is unknown who gets the rating; without an agent, the customer does not matter. */
function isRead({ evidence, customer }: Known): boolean {
  if (evidence === null || evidence.timeline === null) return false;
  return evidence.attribution === null || customer !== null;
}

async function readAll(services: Services, closing: Closing): Promise<{ evidence: Evidence } & Known> {
  const steps = createSteps(services, () => undefined);
  const { conversationId } = closing;
  const reads = readEverything(services, conversationId, steps);
  const look = fullLook(
    await lookAtClosing(services, { conversationId, closing, record: false }, reads, steps),
  );
  return {
    evidence: evidenceOf(look.read, look.credit, look.closing),
    customer: storedCustomer(look.read.customer),
  };
}

function impossible({ id, conversationId }: Closing, why: string): Failure {
  return new Failure(
    'partial',
    'count_impossible',
    `the closing ${id} cannot count at Agent Connect: ${why}`,
    {
      hint: 'Agent Connect needs an agent and an email address. There is nothing to do, unless Gladly lacks one of them by mistake.',
      conversationId,
    },
  );
}
