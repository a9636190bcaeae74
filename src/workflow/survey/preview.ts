import { timeAt } from '../../domain/values/instant.ts';
import { decide, reservedAddress, suppressionStart, type Verdict } from '../../domain/eligibility/decide.ts';
import { addressHistory } from '../../store/addresses/history.ts';
import { bulkOf } from '../../store/closings/bulk.ts';
import { closingById } from '../../store/closings/closings.ts';
import type { Services } from '../context/services.ts';
import type { Steps } from '../context/steps.ts';
import { describe, type ConversationResult } from './describe.ts';
import { factsOf } from './facts.ts';
import { fullLook, lookAtClosing, type Look } from './look.ts';
import { readEverything } from './read-conversation.ts';

/** Attributes and decides as the real run would, but writes only the directory cache and the pacing. */
export async function previewConversation(
  services: Services,
  { conversationId, closingId }: { conversationId: string; closingId: string | null },
  steps: Steps,
): Promise<ConversationResult> {
  const closing = closingId === null ? null : await closingById(services.ledger, closingId);
  const reads = readEverything(services, conversationId, steps);
  const look = fullLook(
    await lookAtClosing(services, { conversationId, closing, record: false }, reads, steps),
  );
  const verdict = await steps.run('decide', () => previewVerdict(services, look));
  return describe(look, steps, {
    outcome: 'send' in verdict ? 'would_send' : 'suppressed',
    reasons: 'send' in verdict ? [] : verdict.suppress,
    row: null,
  });
}

export async function previewVerdict(services: Services, look: Look): Promise<Verdict> {
  const { settings, ledger, lane } = services;
  const { policy, delivery } = settings;
  const facts = factsOf(look.read, look.credit, look.closing);
  const now = services.clock();
  const address = await addressHistory(ledger, {
    address: reservedAddress(facts, delivery),
    since: suppressionStart(policy, now),
    lane,
    except: look.row?.id ?? null,
  });
  const closedBy = look.row?.closedBy?.id ?? look.credit.closedBy?.id ?? null;
  const closedAt = look.row?.closedAt ?? (facts.closedAt === null ? null : timeAt(facts.closedAt));
  const bulk =
    policy.bulkClosings === null || closedAt === null
      ? 1
      : await bulkOf(ledger, { lane, closingId: look.row?.id ?? null, closedAt, closedBy });
  return decide({
    facts,
    history: { own: look.row, ...address, bulk },
    policy,
    delivery,
    brand: look.brand.brand,
    now,
  });
}
