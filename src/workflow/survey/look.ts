import { chooseAddress } from '../../domain/eligibility/addresses.ts';
import type { Closing, ClosingReading } from '../../domain/closing/closing.ts';
import { bulkFoundAt, bulkKnownAt } from '../../domain/closing/bulk.ts';
import { closingIdOf, sameClosingMilliseconds } from '../../domain/closing/identity.ts';
import { traitsOf } from '../../domain/delivery.ts';
import {
  reasonsOfClosing,
  reasonsOfConversation,
  reasonsOfTimeline,
} from '../../domain/eligibility/reasons-of-facts.ts';
import type { Policy } from '../../domain/eligibility/policy.ts';
import type { Reason } from '../../domain/closing/reason.ts';
import { formatInstant, timeNow, toMilliseconds, type Instant, timeAt } from '../../domain/values/instant.ts';
import { stopsTheRun } from '../../failure.ts';
import { knownClosing, recordClosing } from '../../store/closings/closing-reports.ts';
import { closingsOfConversation, lastTimeOf } from '../../store/closings/closings.ts';
import { recordReopening } from '../../store/closings/reopenings.ts';
import type { Services } from '../context/services.ts';
import type { Steps } from '../context/steps.ts';
import { brandOf, type TakenBrand } from './brand.ts';
import { creditClosing, type Credit } from './credit.ts';
import {
  conversationEvidenceOf,
  conversationFactsOf,
  evidenceOf,
  namedAgent,
  timelineFactsOf,
  type ClosingInQuestion,
} from './facts.ts';
import { checkInbox } from './inbox.ts';
import { warningsOfRead } from './policy-warnings.ts';
import { checkTopics } from './topics.ts';
import { type ConversationRead, type CustomerRead, type FullRead, type Reads } from './read-conversation.ts';
import { compareWithRow, isBehind, notRecorded, readLagMilliseconds, shownTime } from './shown-closing.ts';

export interface LookRequest {
  conversationId: string;
  /** A row of the ledger; null: the conversation's current closing. */
  closing: Closing | null;
  /** False for a preview: the ledger is read but not written. */
  record: boolean;
}

/** One closing, with everything that was read about it and who is credited. */
export interface Look {
  /** As requested. */
  conversationId: string;
  read: FullRead;
  credit: Credit;
  closing: ClosingInQuestion;
  /** The ledger's row; null in a preview of a new closing, or if the conversation never closed. */
  row: Closing | null;
  brand: TakenBrand;
}

export type LookResult =
  | { look: Look }
  /** Reading stopped because the verdict is certain. */
  | { certain: readonly Reason[]; reading: ClosingReading }
  /**
   * Right after a closing, Gladly may still show the conversation as it was before, or it is too early to say whether
   * the closing was one of many. `until`: epoch milliseconds.
   */
  | { notYet: true; until?: number };

/**
 * Looks at one closing. When it reads as needed, it stops as soon as the verdict is certain: no request if the closing
 * itself decides, then one for the conversation, one for its timeline, and one for the customer.
 */
export async function lookAtClosing(
  services: Services,
  request: LookRequest,
  reads: Reads,
  steps: Steps,
): Promise<LookResult> {
  const { policy } = services.settings;
  const { conversationId, closing: known, record } = request;
  const now = services.clock();
  const isCertain = (reasons: readonly Reason[]): boolean => !reads.everything && reasons.length > 0;
  const nothingRead = {
    readAt: null,
    evidence: null,
    customer: null,
    customerId: known?.customerId ?? null,
    agent: null,
  };
  if (known !== null) {
    const closedAt = Date.parse(known.closedAt);
    const reasons = reasonsOfClosing({ closingId: known.id, closedAt }, policy, now);
    if (isCertain(reasons)) return { certain: reasons, reading: nothingRead };
    const until = undecidedUntil(known, policy, now, services.isLongRunning);
    if (until !== null && !reads.everything) return { notYet: true, until };
  }

  const read = await reads.conversation();
  checkInbox(services.settings, read);
  const shownAt = await shownTime(read, known, reads);
  const row = known ?? (await rowOf(services, read, shownAt, reads, record));
  const shown =
    row === null ? notRecorded(shownAt) : await compareWithRow(services, row, shownAt, reads, record);
  if (row !== null && !reads.everything && isBehind(row, read, shown, now)) return { notYet: true };
  const closing: ClosingInQuestion = {
    id: row?.id ?? idOf(services, read, shownAt),
    closedAt: shown.closedAt,
    reopened: shown.reopened,
  };
  const brand = brandOf(services.settings, read);
  const { customerId } = read.conversation;
  const reading = { ...nothingRead, readAt: read.readAt, customerId, ...brand };
  if (shown.sameAs !== null && !reads.everything) {
    return { certain: [{ code: 'already_surveyed', detail: `with closing ${shown.sameAs.id}` }], reading };
  }
  const ofConversation = reasonsOfConversation(conversationFactsOf(read, closing), policy);
  if (isCertain(ofConversation)) {
    return {
      certain: ofConversation,
      reading: { ...reading, evidence: conversationEvidenceOf(read, closing) },
    };
  }

  const isDecided = ofConversation.length > 0 || isDecidedAlone(closing, policy, now);
  const topicWarnings = isDecided ? [] : checkTopics(policy, read);

  const timeline = { ...read, ...(await reads.timeline()) };
  const credit = await creditClosing(services, timeline, closing.closedAt, steps);
  // The queue never looks at a suppressed closing again, so wait for every source that may matter.
  const trouble = credit.troubles.find(stopsTheRun) ?? credit.troubles.at(-1);
  if (record && credit.unsolved && !isDecided && trouble !== undefined) throw trouble;
  const ofTimeline = reasonsOfTimeline(timelineFactsOf(timeline, credit), policy);
  if (isCertain(ofTimeline)) {
    const evidence = evidenceOf(timeline, credit, closing);
    return { certain: ofTimeline, reading: { ...reading, evidence, agent: namedAgent(credit) } };
  }

  credit.warnings.push(...warningsAbout(read, conversationId, services.settings), ...topicWarnings);
  // A run of the queue gives these warnings once for all closings.
  if (reads.everything) credit.warnings.push(...(await warningsOfRead(read, services.settings)));
  const customer = await readCustomerFor(services, row, reads);
  return { look: { conversationId, read: { ...timeline, ...customer }, credit, row, closing, brand } };
}

/**
 * How long the verdict must wait, because more closings of the same minute may arrive; null: it need not wait.
 *
 * @param isLongRunning whether this process works until it is stopped; any other run has already found its closings
 */
export function undecidedUntil(
  { closedAt, firstSeenAt }: Pick<Closing, 'closedAt' | 'firstSeenAt'>,
  { bulkClosings }: Pick<Policy, 'bulkClosings'>,
  now: number,
  isLongRunning = false,
): number | null {
  if (bulkClosings === null) return null;
  const [closed, found] = [Date.parse(closedAt), Date.parse(firstSeenAt)];
  // Never wait for a time that a source reports in the future.
  const isPast = (time: number): boolean => time <= now + sameClosingMilliseconds;
  if (!isPast(closed)) return null;
  const until = isLongRunning && isPast(found) ? bulkFoundAt(closed, found) : bulkKnownAt(closed);
  return until > now ? until : null;
}

function isDecidedAlone({ id, closedAt }: ClosingInQuestion, policy: Policy, now: number): boolean {
  if (id === null || closedAt === null) return false;
  return reasonsOfClosing({ closingId: id, closedAt: toMilliseconds(closedAt) }, policy, now).length > 0;
}

/** For looks that read everything: they never stop early. */
export function fullLook(looked: LookResult): Look {
  if ('look' in looked) return looked.look;
  throw new Error('a look that reads everything stopped early');
}

/** An older read cannot prove that a customer has no address: the queue never looks at a suppressed closing again. */
async function readCustomerFor(
  { settings }: Services,
  row: Closing | null,
  reads: Reads,
): Promise<CustomerRead> {
  if (row !== null && row.decidedAt !== null) return reads.customer({ again: true });
  const read = await reads.customer({ again: false });
  const { addressKind } = traitsOf(settings.delivery);
  return 'address' in chooseAddress(addressKind, read.customer) ? read : reads.customer({ again: true });
}

function idOf(
  { lane }: Services,
  { conversation }: ConversationRead,
  shownAt: Instant | null,
): string | null {
  return shownAt === null ? null : closingIdOf(conversation.id, formatInstant(shownAt), lane);
}

/** The row of the conversation's current closing; while it is open, that of its last closing. */
async function rowOf(
  services: Services,
  { conversation, readAt }: ConversationRead,
  shownAt: Instant | null,
  reads: Reads,
  record: boolean,
): Promise<Closing | null> {
  const { ledger, lane, clock } = services;
  if (shownAt === null) {
    const known = await closingsOfConversation(ledger, conversation.id, lane);
    if (record) await noteReopening(services, known, readAt);
    return known.find(({ closedAt }) => closedAt < readAt) ?? null;
  }
  const key = { lane, conversationId: conversation.id, closedAt: formatInstant(shownAt) };
  if (!record) return knownClosing(ledger, key);
  const { customer } = await reads.customer({ again: false });
  const report = { ...key, customerId: customer.id, source: 'replay', seenAt: timeNow(clock) } as const;
  return (await recordClosing(ledger, report)).closing;
}

/**
 * Records that the newest closing's conversation is open again. Not right after a closing that another source reported:
 * Gladly may still show it open. Nor from a read that began before the closing, or before the read that decided it: it
 * may show an earlier state. A read does not say when the conversation reopened, so this records the earliest moment
 * after all of the closing's times: any closing after that is a new one.
 */
async function noteReopening(
  { ledger, clock }: Services,
  known: readonly Closing[],
  readAt: string,
): Promise<void> {
  const [newest] = known;
  if (newest === undefined || newest.reopenedAt !== null) return;
  if (newest.closedAt >= readAt || (newest.readAt !== null && newest.readAt >= readAt)) return;
  if (newest.readAt === null && clock() - Date.parse(newest.closedAt) < readLagMilliseconds) return;
  const reopenedAt = timeAt(Date.parse(await lastTimeOf(ledger, newest)) + 1);
  await recordReopening(ledger, { conversationId: newest.conversationId, reopenedAt });
}

function warningsAbout(
  { conversation }: ConversationRead,
  asked: string,
  { brands }: Pick<Services['settings'], 'brands'>,
): string[] {
  const { status, closedAt, inboxId, id } = conversation;
  return [
    ...(status === 'CLOSED' && closedAt === null
      ? ['Gladly returned no closedAt for this conversation; its timeline was used instead']
      : []),
    ...(inboxId === null
      ? [
          `Gladly gives no inbox for this conversation${brands.length === 0 ? '' : ', so it belongs to no brand'}`,
        ]
      : []),
    ...(id === asked ? [] : [`Gladly answers with conversation ${id}`]),
  ];
}
