import { chooseAddress } from '../../domain/eligibility/addresses.ts';
import { addressKindOf } from '../../domain/delivery.ts';
import {
  reasonsOfClosing,
  reasonsOfConversation,
  reasonsOfTimeline,
} from '../../domain/eligibility/decide.ts';
import { parseInstant, type Instant } from '../../domain/values/instant.ts';
import type { Reason } from '../../domain/eligibility/reason.ts';
import type { Customer } from '../../gladly/resources/customers.ts';
import { stopsTheRun } from '../../failure.ts';
import type { Closing } from '../../store/closings/closing.ts';
import type { DecisionInput } from '../../store/queue/decisions.ts';
import {
  conversationEvidenceOf,
  conversationFactsOf,
  evidenceOf,
  namedAgent,
  timelineFactsOf,
  type ClosingInQuestion,
} from './assess.ts';
import { creditClosing } from './credit.ts';
import { checkInbox, settlingMilliseconds, toldOf, type Look, type Told } from './look-at-closing.ts';
import { readConversation, readItems, type ConversationRead } from './read-conversation.ts';
import type { Services } from '../context/services.ts';
import type { Steps } from '../context/steps.ts';

export type StagedLook =
  | { look: Look }
  /** The verdict is certain before everything was read. */
  | { certain: readonly Reason[]; facts: DecisionInput['facts'] }
  /** Gladly still shows the conversation as it was before, right after its closing. */
  | { notYet: true };

export interface AskedCustomer {
  customer: Customer;
  /** ISO-8601. */
  readAt: string;
}

/**
 * Looks up a customer, once for each while the run lasts. `again`: for a decision that is made again, because what was
 * read before is too old, so that only what is fresh will do.
 */
export type AskForCustomer = (
  customerId: string,
  question: { again: boolean; steps: Steps },
) => Promise<AskedCustomer>;

export interface PendingLook {
  askForCustomer: AskForCustomer;
  /** The conversation where it was just read. */
  read: ConversationRead | null;
  steps: Steps;
}

/**
 * Looks at a closing of the ledger with as few requests as its verdict needs: none where the closing itself decides,
 * one for the conversation, one for its timeline, one for a customer who was not asked for before.
 */
export async function lookInStages(
  services: Services,
  row: Closing,
  { askForCustomer, read: given, steps }: PendingLook,
): Promise<StagedLook> {
  const { policy } = services.settings;
  const now = services.clock();
  const nothingRead = {
    readAt: null,
    evidence: null,
    customer: null,
    customerId: row.customerId,
    agent: null,
  };
  const ofClosing = reasonsOfClosing({ closingId: row.id, closedAt: Date.parse(row.closedAt) }, policy, now);
  if (ofClosing.length > 0) return { certain: ofClosing, facts: nothingRead };

  const read = given ?? (await readConversation(services, row.conversationId, steps));
  checkInbox(services, read);
  const told = await toldOf(services, row, toldAtOf(row, read), true);
  if (isStillSettling(row, read, told, now)) return { notYet: true };
  const closing: ClosingInQuestion = { id: row.id, closedAt: told.closedAt, reopened: told.reopened };
  const facts = { ...nothingRead, readAt: read.readAt, customerId: read.conversation.customerId };
  if (told.sameAs !== null) {
    return { certain: [{ code: 'already_surveyed', detail: `with closing ${told.sameAs.id}` }], facts };
  }
  const ofConversation = reasonsOfConversation(conversationFactsOf(read, closing), policy);
  if (ofConversation.length > 0) {
    return { certain: ofConversation, facts: { ...facts, evidence: conversationEvidenceOf(read, closing) } };
  }

  const timeline = { ...read, ...(await readItems(services, row.conversationId, steps)) };
  const credit = await creditClosing(services, timeline, closing.closedAt, steps);
  // What passes, or is mended, is waited for: nobody looks at a suppressed closing again.
  const passing = credit.troubles.find((trouble) => trouble.kind === 'temporary' || stopsTheRun(trouble));
  if (credit.unsolved && passing !== undefined) throw passing;
  const ofTimeline = reasonsOfTimeline(timelineFactsOf(timeline, credit), policy);
  if (ofTimeline.length > 0) {
    const evidence = evidenceOf(timeline, credit, closing);
    return { certain: ofTimeline, facts: { ...facts, evidence, agent: namedAgent(credit) } };
  }

  const { customer, readAt: customerReadAt } = await freshEnough(services, row, (again) =>
    askForCustomer(read.conversation.customerId, { again, steps }),
  );
  const conversationId = row.conversationId;
  return { look: { conversationId, read: { ...timeline, customer, customerReadAt }, credit, row, closing } };
}

/** Nobody looks again at a closing without an address, so that an older read is not enough to say that there is none. */
async function freshEnough(
  { settings }: Services,
  row: Closing,
  ask: (again: boolean) => Promise<AskedCustomer>,
): Promise<AskedCustomer> {
  if (row.decidedAt !== null) return ask(true);
  const asked = await ask(false);
  const hasAddress = 'address' in chooseAddress(addressKindOf(settings.delivery), asked.customer);
  return hasAddress ? asked : ask(true);
}

function toldAtOf(row: Closing, { conversation }: ConversationRead): Instant | null {
  if (conversation.status !== 'CLOSED') return null;
  // A conversation that is closed but tells no time is taken at the closing's word.
  return parseInstant(conversation.closedAt) ?? parseInstant(row.closedAt);
}

/** A read right after the closing may still show what was before it, unless a reopening since is known. */
function isStillSettling(row: Closing, { conversation }: ConversationRead, told: Told, now: number): boolean {
  if ((conversation.status === 'CLOSED' && !told.behind) || row.reopenedAt !== null) return false;
  return now - Date.parse(row.closedAt) < settlingMilliseconds;
}
