import type { Closing } from '../../domain/closing/closing.ts';
import type { ImportedInteraction } from '../../domain/closing/imports.ts';
import { traitsOf } from '../../domain/delivery.ts';
import { askedBefore } from '../../domain/eligibility/reasons-of-facts.ts';
import { surveyIdOf } from '../../domain/survey/token.ts';
import { timeNow } from '../../domain/values/instant.ts';
import { Failure, isContention } from '../../failure.ts';
import { namedByLink } from '../../medallia/exports/read-row.ts';
import { recordAnswer } from '../../store/answers/answers.ts';
import { closingById } from '../../store/closings/closings.ts';
import { importInteractions } from '../../store/imports/import-interactions.ts';
import { importedClosing } from '../../store/imports/imported-rows.ts';
import { countOf, recordCountOutcome } from '../../store/medallia/counts.ts';
import {
  dropMedalliaRow,
  medalliaRowsDue,
  finishMedalliaRow,
  type KeptRow,
} from '../../store/medallia/rows.ts';
import { isSendClaimed, resolveInterruptedSend } from '../../store/queue/claims.ts';
import { confirmSent } from '../../store/queue/acts.ts';
import { alertPlan } from '../context/alert-plan.ts';
import type { Services } from '../context/services.ts';

/** What the rows of Agent Connect led to. */
export interface PullCounts {
  /** Read in this run. */
  rows: number;
  /** New or changed answers. */
  answers: number;
  /** Uncertain requests that turned out to have arrived. */
  settled: number;
  /** Rows that match no closing in this ledger. */
  unmatched: number;
}

const rowsAtOnce = 200;

/**
 * Works on every row that changed: an answer is stored like our own, and a row proves that its uncertain request did
 * arrive. A row is finished last: if the work is cut short, it is repeated, and repeating it changes nothing.
 */
export async function workMedalliaRows(services: Services, counts: PullCounts): Promise<void> {
  let after = -1;
  for (;;) {
    const rows = await medalliaRowsDue(services.ledger, after, rowsAtOnce);
    for (const row of rows) {
      services.signal.throwIfAborted();
      await workRow(services, row, counts);
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.sequence;
  }
}

async function workRow(services: Services, row: KeptRow, counts: PullCounts): Promise<void> {
  const { ledger } = services;
  const own = row.interactionId === null ? null : await closingById(ledger, row.interactionId);
  const closing = own ?? (await importedClosingOf(services, row));
  if (closing === null) {
    counts.unmatched += 1;
    await finishMedalliaRow(ledger, row, null);
    return;
  }
  if (closing.forgottenAt !== null) {
    await dropMedalliaRow(ledger, row);
    return;
  }
  if (own === null) await takeImported(services, row, closing, counts);
  else if (!(await isCounted(services, row, own, counts)) && !(await takeRow(services, row, own, counts)))
    return;
  await finishMedalliaRow(ledger, row, closing.id);
}

/**
 * The closing that `gcsat import` took over from another program. The row's link or its interaction id names the
 * conversation.
 */
function importedClosingOf({ ledger }: Services, row: KeptRow): Promise<Closing | null> {
  const { conversationId } = namedByLink(row.interactionUrl);
  const conversationIds = [conversationId, row.interactionId].flatMap((id) => id ?? []);
  const { uuid, requestedAt, sentAt } = row;
  return importedClosing(ledger, { uuid, conversationIds, requestedAt, sentAt });
}

/** As the next import would: the answer counts, but gets no card and no alert, because gcsat did not ask for it. */
async function takeImported(
  { ledger, clock }: Services,
  row: KeptRow,
  closing: Closing,
  counts: PullCounts,
): Promise<void> {
  const { rating, resolved, comment, answeredAt, sentAt } = row;
  if (rating === null || answeredAt === null) return;
  const interaction: ImportedInteraction = {
    id: closing.imported ?? row.uuid,
    interactionId: null,
    conversationId: closing.conversationId,
    customerId: closing.customerId,
    closedAt: closing.closedAt,
    address: null,
    agent: closing.agent,
    channel: null,
    sentAt,
    reason: askedBefore(sentAt ?? answeredAt),
    answer: { rating, resolved, comment, answeredAt },
    hasUnsubscribed: false,
  };
  const given = { interactions: [interaction], unsubscribing: [] };
  const { results } = await importInteractions(ledger, given, timeNow(clock));
  if (results.some((result) => 'took' in result)) counts.answers += 1;
}

/** Whether the row belongs to a request that only counts a closing: it shows that the request arrived, and no more. */
async function isCounted(
  { ledger, clock }: Services,
  row: KeptRow,
  { id }: Closing,
  counts: PullCounts,
): Promise<boolean> {
  if (!row.isOnlyCounted) return false;
  const count = await countOf(ledger, id);
  if (count === null) return false;
  const isNew = await recordCountOutcome(ledger, id, { state: 'counted', at: timeNow(clock), error: null });
  if (isNew && count.state === 'uncertain') counts.settled += 1;
  return true;
}

/** @returns false when the row has to wait: its request is still leaving, or another process changed the closing */
async function takeRow(
  services: Services,
  row: KeptRow,
  known: Closing,
  counts: PullCounts,
): Promise<boolean> {
  const { ledger, clock } = services;
  const now = timeNow(clock);
  const isLeaving = known.state === 'sending' && isSendClaimed(known.claimedBy, known.claimUntil, now);
  if (isLeaving && row.answeredAt === null) return false;
  const closing =
    known.state === 'sending' && !isLeaving ? await resolveInterruptedSend(ledger, known.id, now) : known;
  try {
    if (
      closing.state === 'uncertain' &&
      closing.provider !== null &&
      traitsOf(closing.provider).carrier === 'agent_connect'
    ) {
      await confirmSent(ledger, closing.id, now, row.uuid);
      counts.settled += 1;
    }
    if (row.answeredAt === null || row.rating === null) return true;
    const { changed } = await recordAnswer(ledger, {
      surveyId: closing.surveyId ?? surveyIdOf(closing.id),
      closingId: closing.id,
      rating: row.rating,
      resolved: row.resolved,
      comment: row.comment,
      at: row.answeredAt,
      source: 'medallia',
      unasked: { report: null, reading: null },
      alerts: alertPlan(services.settings),
    });
    if (changed) counts.answers += 1;
    return true;
  } catch (error) {
    // Another process has just settled the closing or forgotten the customer.
    if (error instanceof Failure && (isContention(error) || error.code === 'closing_forgotten')) return false;
    throw error;
  }
}
