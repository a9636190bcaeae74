import type { Closing } from '../../domain/closing/closing.ts';
import { surveyIdOf } from '../../domain/survey/token.ts';
import { timeNow } from '../../domain/values/instant.ts';
import { Failure, isContention } from '../../failure.ts';
import { recordAnswer } from '../../store/answers/answers.ts';
import { closingById } from '../../store/closings/closings.ts';
import { medalliaRowsDue, settleMedalliaRow, type KeptRow } from '../../store/medallia/rows.ts';
import { isSendHeld, resolveInterruptedSend } from '../../store/queue/claims.ts';
import { confirmSent } from '../../store/queue/acts.ts';
import { alertPlan } from '../context/alert-plan.ts';
import type { Services } from '../context/services.ts';

/** What the rows of Agent Connect brought. */
export interface MedalliaTally {
  /** Read in this run. */
  rows: number;
  /** New or changed answers. */
  answers: number;
  /** Requests in doubt that turned out to have arrived. */
  settled: number;
  /** Rows of no closing of this ledger. */
  unmatched: number;
}

const rowsAtOnce = 200;

/**
 * Works on every row that changed: an answer is kept as ours are, and a request in doubt of which there is a row did
 * arrive. A row is settled last, so that one whose work was cut short is worked on again, which changes nothing twice.
 */
export async function workMedalliaRows(services: Services, tally: MedalliaTally): Promise<void> {
  let after = -1;
  for (;;) {
    const rows = await medalliaRowsDue(services.ledger, after, rowsAtOnce);
    for (const row of rows) {
      services.signal.throwIfAborted();
      await workRow(services, row, tally);
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.sequence;
  }
}

async function workRow(services: Services, row: KeptRow, tally: MedalliaTally): Promise<void> {
  const { ledger } = services;
  const closing = row.interactionId === null ? null : await closingById(ledger, row.interactionId);
  if (closing === null) {
    tally.unmatched += 1;
    await settleMedalliaRow(ledger, row, null);
    return;
  }
  if (closing.forgottenAt === null && !(await takeRow(services, row, closing, tally))) return;
  await settleMedalliaRow(ledger, row, closing.id);
}

/** @returns false: the request is just leaving, so that the row has to wait */
async function takeRow(
  services: Services,
  row: KeptRow,
  known: Closing,
  tally: MedalliaTally,
): Promise<boolean> {
  const { ledger, clock } = services;
  const now = timeNow(clock);
  const isHeld = known.state === 'sending' && isSendHeld(known.claimedBy, known.claimUntil, now);
  if (isHeld && row.answeredAt === null) return false;
  const closing =
    known.state === 'sending' && !isHeld ? await resolveInterruptedSend(ledger, known.id, now) : known;
  try {
    if (closing.state === 'uncertain' && closing.provider === 'medallia') {
      await confirmSent(ledger, closing.id, now, row.uuid);
      tally.settled += 1;
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
    if (changed) tally.answers += 1;
    return true;
  } catch (error) {
    // Somebody else settled the closing, or had the customer forgotten, just now.
    if (error instanceof Failure && (isContention(error) || error.code === 'closing_forgotten')) return false;
    throw error;
  }
}
