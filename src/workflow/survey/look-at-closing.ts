import { adoptedClosing, closingIdOf, closingTime } from '../../domain/closing/identity.ts';
import { listed } from '../../domain/eligibility/decide.ts';
import { formatInstant, parseInstant, type Instant, timeNow } from '../../domain/values/instant.ts';
import type { TimelineItem } from '../../domain/attribution/timeline.ts';
import { Failure } from '../../failure.ts';
import type { Closing } from '../../store/closings/closing.ts';
import {
  closingById,
  closingsOfConversation,
  lastTimeOf,
  recordClosing,
  recordReopening,
} from '../../store/closings/closings.ts';
import type { Ledger } from '../../store/open.ts';
import { knownClosing, sameClosingToldLate } from '../../store/closings/closing-reports.ts';
import type { ClosingInQuestion } from './assess.ts';
import { creditClosing, type Credit } from './credit.ts';
import { readFully, type ConversationRead, type FullRead } from './read-conversation.ts';
import type { Services } from '../context/services.ts';
import type { Steps } from '../context/steps.ts';

/** How long a read may lag behind a closing that another source told of. */
export const settlingMilliseconds = 10 * 60_000;

export interface LookRequest {
  conversationId: string;
  /** A closing of the ledger; null: the one that the conversation is in now. */
  closingId: string | null;
  /** False for a dry run: the ledger is read but not written. */
  record: boolean;
}

/** One closing with everything that was read about it and who is credited. */
export interface Look {
  /** As asked for. */
  conversationId: string;
  read: FullRead;
  credit: Credit;
  closing: ClosingInQuestion;
  /** The ledger's row of this closing; null in a dry run of a new one, or where the conversation never closed. */
  row: Closing | null;
}

export async function lookAtClosing(services: Services, request: LookRequest, steps: Steps): Promise<Look> {
  const read = await readFully(services, request.conversationId, steps);
  const isClosed = read.conversation.status === 'CLOSED';
  checkInbox(services, read);
  const toldAt = isClosed ? closedAtOf(read, read.items) : null;
  const row = await rowOf(services, request, read, toldAt);
  const told =
    row === null
      ? { closedAt: toldAt, reopened: false }
      : await toldOf(services, row, toldAt, request.record);
  const credit = await creditClosing(services, read, told.closedAt, steps);
  if (isClosed && read.conversation.closedAt === null) {
    credit.warnings.push('Gladly tells no closedAt of this conversation; its timeline was used instead');
  }
  if (read.conversation.inboxId === null) {
    credit.warnings.push('Gladly tells no inbox of this conversation');
  }
  if (read.conversation.id !== request.conversationId) {
    credit.warnings.push(`Gladly answers with conversation ${read.conversation.id}`);
  }
  return {
    conversationId: request.conversationId,
    read,
    credit,
    row,
    closing: {
      id: row?.id ?? (toldAt === null ? null : closingIdOf(read.conversation.id, formatInstant(toldAt))),
      closedAt: told.closedAt,
      reopened: told.reopened,
    },
  };
}

/** What a conversation that is closed, or is open, tells of a closing of the ledger. */
export interface Told {
  /** What the conversation tells now, where it tells of this closing; else what was first seen of it. */
  closedAt: Instant | null;
  /** Open again, or closed again at a later time: then the conversation was reopened since this closing. */
  reopened: boolean;
  /** Another row of the ledger that stands for the same closing. */
  sameAs: Closing | null;
  /** The conversation does not know of this closing yet: one is told before a known reopening. */
  behind: boolean;
}

export async function toldOf(
  { ledger, clock }: Services,
  row: Closing,
  toldAt: Instant | null,
  record: boolean,
): Promise<Told> {
  const told = toldAt === null ? null : formatInstant(toldAt);
  const same: Told = { closedAt: toldAt, reopened: false, sameAs: null, behind: false };
  const other: Told = { ...same, closedAt: parseInstant(row.closedAt), reopened: true };
  if (told === null) return other;
  if (adoptedClosing([row], told) !== null) return same;
  if (Date.parse(told) > Date.parse(row.closedAt)) return other;
  // Nobody reopens what has been closed since before: the closing was told late.
  const seenAt = timeNow(clock);
  const known = await sameClosingToldLate(ledger, row, { closedAt: told, seenAt, record });
  if (known === null) return { ...other, behind: true };
  return known.id === row.id ? same : { ...other, sameAs: known };
}

async function rowOf(
  { ledger, clock, settings }: Services,
  request: LookRequest,
  read: FullRead,
  toldAt: Instant | null,
): Promise<Closing | null> {
  const { conversation } = read;
  const now = clock();
  const known = await closingsOfConversation(ledger, conversation.id);
  if (toldAt === null && request.record) await noteReopening(ledger, known, { now, readAt: read.readAt });
  if (request.closingId !== null) return closingById(ledger, request.closingId);
  if (toldAt === null) return known.find((closing) => closing.closedAt < read.readAt) ?? null;
  const closedAt = formatInstant(toldAt);
  if (!request.record) return knownClosing(ledger, conversation.id, closedAt);
  const { closing } = await recordClosing(ledger, {
    conversationId: conversation.id,
    customerId: read.customer.id,
    closedAt,
    source: 'replay',
    seenAt: new Date(now).toISOString(),
    delivery: settings.delivery,
  });
  return closing;
}

/**
 * Notes that the newest closing's conversation is open again. Right after a closing that another source told of, Gladly
 * may still show it open: then nothing is concluded. Nor from a read that began before the closing, or before what decided
 * it was read: it may tell of the time before. A read does not tell when the reopening was; the earliest moment after
 * all times of the closing is noted, so that whatever closes after it is another one.
 */
async function noteReopening(
  ledger: Ledger,
  known: readonly Closing[],
  { now, readAt }: { now: number; readAt: string },
): Promise<void> {
  const [newest] = known;
  if (newest === undefined || newest.reopenedAt !== null) return;
  if (newest.closedAt >= readAt || (newest.readAt !== null && newest.readAt >= readAt)) return;
  const closedAt = Date.parse(newest.closedAt);
  if (newest.readAt === null && now - closedAt < settlingMilliseconds) return;
  const reopenedAt = new Date(Date.parse(await lastTimeOf(ledger, newest)) + 1).toISOString();
  await recordReopening(ledger, { conversationId: newest.conversationId, reopenedAt });
}

/** @throws Failure kind contract when inboxes are excluded and Gladly does not tell whether this one is */
export function checkInbox({ settings }: Services, { conversation, inboxes }: ConversationRead): void {
  const { excludedInboxes } = settings.policy;
  if (excludedInboxes.length === 0) return;
  const { id, inboxId } = conversation;
  if (inboxId === null) {
    throw doubtfulInbox(id, 'inbox_missing', `conversation ${id} has no inbox, and some are excluded`);
  }
  // What is no inbox's id is taken for a name: it may be that of this one.
  const isById = listed(excludedInboxes, [inboxId]);
  const areNames = !excludedInboxes.every((entry) => listed([...inboxes.keys()], [entry]));
  if (isById || !areNames || (inboxes.get(inboxId)?.name ?? null) !== null) return;
  const message = `Gladly does not name inbox ${inboxId} of conversation ${id}, and some are excluded by name`;
  throw doubtfulInbox(id, 'inbox_unnamed', message);
}

function doubtfulInbox(conversationId: string, code: string, message: string): Failure {
  return new Failure('contract', code, message, {
    hint: 'nobody can tell whether it may be surveyed; look at the conversation in Gladly',
    conversationId,
  });
}

/** A closing must have a time, because the time is its identity. */
export function closedAtOf({ conversation }: ConversationRead, items: readonly TimelineItem[]): Instant {
  const at = closingTime(conversation.closedAt, items) ?? parseInstant(conversation.createdAt);
  if (at !== null) return at;
  throw new Failure(
    'contract',
    'closing_time_missing',
    `conversation ${conversation.id} is CLOSED, but neither it nor its timeline tells a time`,
    { hint: 'look at the conversation in Gladly and try again later', conversationId: conversation.id },
  );
}
