import { timeNow } from '../../domain/values/instant.ts';
import type { Closing } from '../../store/closings/closing.ts';
import { retryClosing } from '../../store/queue/decisions.ts';
import { withClaim } from '../context/claim.ts';
import {
  decideAndDeliver,
  readyToDeliver,
  settleBefore,
  untilDecided,
  type Settled,
} from './decide-and-deliver.ts';
import { describe, type ConversationResult } from './describe.ts';
import { lookAtClosing, type Look } from './look-at-closing.ts';
import { previewVerdict } from './preview-closing.ts';
import type { Services } from '../context/services.ts';
import type { Steps } from '../context/steps.ts';

/**
 * The whole flow for one closing, by hand: read everything, attribute, decide, deliver, record. Every repetition, also
 * at the same time and after a crash at any point, leads to one verdict and at most one survey.
 *
 * @throws Failure for what kept the closing from being looked at or worked on; what became of the message itself is
 *   the document's outcome.
 */
export async function surveyClosing(
  services: Services,
  request: { conversationId: string; closingId: string | null },
  steps: Steps,
): Promise<ConversationResult> {
  await readyToDeliver(services);
  const first = await lookAtClosing(services, { ...request, record: true }, steps);
  const { row } = first;
  if (row === null || first.read.conversation.status !== 'CLOSED') return refuse(services, first, steps);

  return withClaim(services, row.id, async (claimed) => {
    const before = await settleBefore(services, claimed);
    if (before.settled !== null) return tell(first, steps, before.settled);
    let next: Look | null = { ...first, row: await readyAgain(services, before.row) };
    return untilDecided(async () => {
      const look =
        next ?? (await lookAtClosing(services, { ...request, closingId: row.id, record: true }, steps));
      next = null;
      return tell(look, steps, await decideAndDeliver(services, look, look.row ?? before.row, steps));
    });
  });
}

/** A person wants a verdict to be made again, once: what is called off while it is made stays so. */
async function readyAgain({ ledger, clock, settings }: Services, closing: Closing): Promise<Closing> {
  if (closing.state !== 'failed' && closing.state !== 'suppressed') return closing;
  return retryClosing(ledger, closing.id, timeNow(clock), settings.delivery);
}

/** The conversation is open: there is no closing to survey, and what waited for one is called off. */
async function refuse(services: Services, look: Look, steps: Steps): Promise<ConversationResult> {
  const verdict = await previewVerdict(services, look);
  const reasons = 'suppress' in verdict ? verdict.suppress : [];
  return describe(look, steps, { outcome: 'suppressed', reasons, row: look.row });
}

function tell(look: Look, steps: Steps, { row, outcome, reasons, failure }: Settled): ConversationResult {
  if (outcome === 'uncertain' && failure !== null) {
    const warning = `the message may or may not have left: ${failure.message}; it is not repeated by itself`;
    return describe(look, steps, { outcome, reasons, row, warnings: [warning] });
  }
  return describe(look, steps, { outcome, reasons, row, failure });
}
