import { adoptedClosing, closingIdOf, closingTime } from '../domain/closing.ts';
import { formatInstant, parseInstant, type Instant } from '../domain/instant.ts';
import { Failure } from '../failure.ts';
import {
  closingById,
  closingsOfConversation,
  sightClosing,
  sightReopening,
  type Closing,
} from '../ledger/closings.ts';
import type { ClosingInQuestion } from './assess.ts';
import { creditClosing, type Credit } from './credit.ts';
import { readConversation, type ConversationRead } from './read-conversation.ts';
import type { Services } from './services.ts';
import type { Steps } from './steps.ts';

export interface LookRequest {
  conversationId: string;
  /** A closing of the ledger; null: the one that the conversation is in now. */
  closingId: string | null;
  /** False for a dry run: the ledger is read but not written. */
  record: boolean;
}

/** One closing with everything that was read about it and who is credited. */
export interface Look {
  read: ConversationRead;
  credit: Credit;
  closing: ClosingInQuestion;
  /** The ledger's row of this closing; null in a dry run of a new one, or where the conversation never closed. */
  row: Closing | null;
}

export async function lookAtClosing(services: Services, request: LookRequest, steps: Steps): Promise<Look> {
  const read = await readConversation(services, request.conversationId, steps);
  const isClosed = read.conversation.status === 'CLOSED';
  const toldAt = isClosed ? closedAtOf(read) : null;
  const row = await rowOf(services, request, read, toldAt);
  const rowAt = row === null ? null : parseInstant(row.closedAt);
  const isTold = toldAt !== null && (row === null || adoptedClosing([row], formatInstant(toldAt)) !== null);
  const closedAt = isTold ? toldAt : rowAt;
  const credit = await creditClosing(services, read, closedAt, steps);
  if (isClosed && read.conversation.closedAt === null) {
    credit.warnings.push('Gladly tells no closedAt of this conversation; its timeline was used instead');
  }
  const id = row?.id ?? (toldAt === null ? null : closingIdOf(read.conversation.id, formatInstant(toldAt)));
  const reopened = row?.reopenedAt !== undefined && row?.reopenedAt !== null;
  return { read, credit, row, closing: { id, closedAt, reopened: reopened || (row !== null && !isClosed) } };
}

async function rowOf(
  { ledger, clock }: Services,
  request: LookRequest,
  read: ConversationRead,
  toldAt: Instant | null,
): Promise<Closing | null> {
  const { conversation } = read;
  const now = new Date(clock()).toISOString();
  if (toldAt === null && request.record) {
    await sightReopening(ledger, { conversationId: conversation.id, reopenedAt: now });
  }
  if (request.closingId !== null) return closingById(ledger, request.closingId);
  const known = await closingsOfConversation(ledger, conversation.id);
  if (toldAt === null) return known[0] ?? null;
  const closedAt = formatInstant(toldAt);
  if (!request.record) return adoptedClosing(known, closedAt);
  const { closing } = await sightClosing(ledger, {
    conversationId: conversation.id,
    customerId: read.customer.id,
    closedAt,
    source: 'replay',
    seenAt: now,
  });
  return closing;
}

/** A closing must have a time, because the time is its identity. */
function closedAtOf({ conversation, items }: ConversationRead): Instant {
  const at = closingTime(conversation.closedAt, items) ?? parseInstant(conversation.createdAt);
  if (at !== null) return at;
  throw new Failure(
    'contract',
    'closing_time_missing',
    `conversation ${conversation.id} is CLOSED, but neither it nor its timeline tells a time`,
    { hint: 'look at the conversation in Gladly and try again later', conversationId: conversation.id },
  );
}
