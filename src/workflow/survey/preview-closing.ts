import {
  decide,
  reservedAddress,
  type SurveyHistory,
  type Verdict,
} from '../../domain/eligibility/decide.ts';
import { addressHistory } from '../../store/queue/decisions.ts';
import { factsOf } from './assess.ts';
import { describe, type ConversationResult } from './describe.ts';
import { historyOf, suppressionStart } from './history.ts';
import { lookAtClosing, type Look } from './look-at-closing.ts';
import type { Services } from '../context/services.ts';
import type { Steps } from '../context/steps.ts';

/**
 * Dry run: attributes and decides about one conversation as the real run would, and writes nothing but the cache of
 * directories and the pacing.
 */
export async function previewClosing(
  services: Services,
  request: { conversationId: string; closingId: string | null },
  steps: Steps,
): Promise<ConversationResult> {
  const look = await lookAtClosing(services, { ...request, record: false }, steps);
  const verdict = await steps.run('decide', () => previewVerdict(services, look));
  return describe(look, steps, {
    outcome: 'send' in verdict ? 'would_send' : 'suppressed',
    reasons: 'send' in verdict ? [] : verdict.suppress,
    row: null,
  });
}

export async function previewVerdict(services: Services, look: Look): Promise<Verdict> {
  const { settings, ledger } = services;
  const { policy, delivery } = settings;
  const facts = factsOf(look.read, look.credit, look.closing);
  const now = services.clock();
  const address = reservedAddress(facts, delivery);
  const known =
    address === null
      ? { unsubscribed: false, closings: [] }
      : await addressHistory(ledger, address, suppressionStart(policy, now), look.row?.id ?? null);
  const history: SurveyHistory = historyOf(look.row, known);
  return decide({ facts, history, policy, delivery, now });
}
