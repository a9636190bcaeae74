import type { Closing } from '../../domain/closing/closing.ts';
import { tellsOfClosing } from '../../domain/closing/closer.ts';
import { adoptedClosing } from '../../domain/closing/identity.ts';
import { formatInstant, parseInstant, timeNow, type Instant } from '../../domain/values/instant.ts';
import { sameClosingAtAnotherTime } from '../../store/closings/closing-reports.ts';
import type { Services } from '../context/services.ts';
import { closedAtOf, type ConversationRead, type Reads } from './read-conversation.ts';

/** How long a read may lag behind a closing that another source reported. */
export const readLagMilliseconds = 10 * 60_000;

/** When the conversation closed, according to what it shows now; null while it is open. */
export async function shownTime(
  read: ConversationRead,
  known: Closing | null,
  reads: Reads,
): Promise<Instant | null> {
  const { status, closedAt } = read.conversation;
  if (status !== 'CLOSED') return null;
  const at = parseInstant(closedAt) ?? (known === null ? null : parseInstant(known.closedAt));
  return at ?? closedAtOf(read, (await reads.timeline()).items);
}

/** What a conversation shows about a closing in the ledger. */
export interface Shown {
  /** The time that the conversation shows, if it shows this closing; else the time first reported. */
  closedAt: Instant | null;
  /** The conversation is open, or closed again later: it was reopened after this closing. */
  reopened: boolean;
  /** Another row in the ledger for the same closing. */
  sameAs: Closing | null;
  /** The conversation does not show this closing yet, but one from before a known reopening. */
  behind: boolean;
}

/** The ledger has no row for the closing shown. */
export function notRecorded(closedAt: Instant | null): Shown {
  return { closedAt, reopened: false, sameAs: null, behind: false };
}

/** Finds out which row of the ledger a conversation shows, and what became of the given one. */
export async function compareWithRow(
  { ledger, clock }: Services,
  row: Closing,
  shownAt: Instant | null,
  reads: Pick<Reads, 'timeline'>,
  record: boolean,
): Promise<Shown> {
  const same = notRecorded(shownAt);
  const other: Shown = { ...same, closedAt: parseInstant(row.closedAt), reopened: true };
  if (shownAt === null) return other;
  const closedAt = formatInstant(shownAt);
  if (adoptedClosing([row], closedAt) !== null) return same;
  const isEarlier = Date.parse(closedAt) < Date.parse(row.closedAt);
  if (!isEarlier && !(await isOfNoClosing(row, shownAt, reads))) return other;
  // A conversation that closed before the row's time and stayed closed was not reopened: the closing was reported late.
  const known = await sameClosingAtAnotherTime(ledger, row, { closedAt, seenAt: timeNow(clock), record });
  if (known === null) return { ...other, behind: isEarlier };
  return known.id === row.id ? same : { ...other, sameAs: known };
}

/**
 * Whether a row's time matches no closing. If an event came without a possible time, its row has the time of arrival,
 * by our own clock, which may be behind. The timeline knows the real times.
 */
async function isOfNoClosing(
  { source, closedAt, firstSeenAt }: Closing,
  shownAt: Instant,
  reads: Pick<Reads, 'timeline'>,
): Promise<boolean> {
  const at = parseInstant(closedAt);
  if (at === null || source !== 'webhook' || closedAt !== firstSeenAt) return false;
  const { items } = await reads.timeline();
  return tellsOfClosing(items, shownAt) && !tellsOfClosing(items, at);
}

/** A read right after the closing may still show the state before it, unless a later reopening is known. */
export function isBehind(
  row: Closing,
  { conversation }: ConversationRead,
  shown: Shown,
  now: number,
): boolean {
  if ((conversation.status === 'CLOSED' && !shown.behind) || row.reopenedAt !== null) return false;
  return now - Date.parse(row.closedAt) < readLagMilliseconds;
}
