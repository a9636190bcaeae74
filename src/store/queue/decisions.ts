import type { Participant } from '../../domain/attribution/timeline.ts';
import {
  type Closing,
  type ClosingError,
  type ClosingReading,
  noSurvey,
} from '../../domain/closing/closing.ts';
import { failureMove, messageMove, errorOf, type MessageResult } from '../../domain/closing/moves.ts';
import { inDoubt } from '../../domain/closing/doubt.ts';
import { allows, isSurveyed } from '../../domain/closing/transitions.ts';
import type { DeliveryName } from '../../domain/delivery.ts';
import type { SurveyForm } from '../../domain/survey/form.ts';
import type { Reason } from '../../domain/closing/reason.ts';
import { historyIn, type AddressHistory } from '../addresses/history.ts';
import { bulkIn } from '../closings/bulk.ts';
import { keepCloser } from '../closings/closing-reports.ts';
import { closeMessage, mayHaveArrived, newestMessage, openMessage } from '../closings/messages.ts';
import { closingChanged } from '../closings/closing-failures.ts';
import { apply, closingIn } from '../closings/rows.ts';
import type { Ledger, Writing } from '../ledger/ledger.ts';
import { refuseWhilePaused, sendingLock } from '../closings/pause.ts';
import { keepClaim, refuseClaimOfOther } from './claims.ts';
import { capLock, refuseAtCap, type HourlyCap } from './hourly-cap.ts';
import { suppress } from '../medallia/suppress.ts';
import type { Worker } from '../ledger/workers.ts';

export type Decision =
  | {
      send: { dueAt: string; surveyId: string; provider: DeliveryName; surveyUrl: string | null };
      /** Scheduled closings of the same address that give way to this one. */
      displaces: readonly string[];
    }
  | { suppress: readonly Reason[] };

export interface DecisionInput {
  closingId: string;
  worker: Worker;
  at: string;
  /** Normalized; null when the customer has none. */
  address: string | null;
  /** How far back the address's other surveys count; null: they do not count. */
  since: string | null;
  reading: ClosingReading;
  /** Whether a suppressed closing still counts in Agent Connect; false by default. */
  countsUnasked?: boolean;
  /** Who closed the conversation, according to its timeline. */
  closedBy?: Participant | null;
  /** Whether to count the closings by the same initiator around this one. */
  seeksBulk?: boolean;
}

/**
 * Decides a closing and reserves its address in one transaction: if two closings of one address are decided at once,
 * the second sees the first. A closing that has a survey keeps it: a verdict not to send changes nothing, and a verdict
 * to send is refused.
 *
 * @param decide called once within the transaction; pure
 * @throws Failure claim_lost, closing_changed, closing_not_found
 */
export async function decideClosing(
  ledger: Ledger,
  input: DecisionInput,
  decide: (own: Closing, history: AddressHistory) => Decision,
): Promise<Closing> {
  const { closingId, worker, at, address, since, reading, countsUnasked = false } = input;
  const { closedBy: shown = null, seeksBulk = false } = input;
  const alone = { closings: [closingId], addresses: address === null ? [] : [address] };
  return ledger.write(alone, async (trx) => {
    const own = await closingIn(trx, closingId);
    refuseClaimOfOther(own, worker);
    await keepCloser(trx, own, shown);
    const history = await historyIn(trx, { address, since, lane: own.lane, except: own.id });
    const closedBy = own.closedBy?.id ?? shown?.id ?? null;
    const known = seeksBulk
      ? { ...history, bulk: await bulkIn(trx, { ...own, closingId: own.id, closedBy }) }
      : history;
    const decision = decide(own, known);
    const read = { ...knownBefore(own, reading), decidedAt: at };
    if ('suppress' in decision) {
      if (isSurveyed(own.state)) return own;
      const isMoved = read.brand !== undefined && read.brand !== own.brand;
      // A message from an earlier decision may be out, and its page keeps its brand.
      if (isMoved && (await mayHaveArrived(trx, own.id))) {
        delete read.brand;
        delete read.companyName;
      }
      return suppress(trx, own.id, decision.suppress, { at, countsUnasked, reading: read });
    }
    const { send, displaces } = decision;
    if (own.state === 'failed') await apply(trx, own.id, { transition: 'retry', change: {}, note: null }, at);
    for (const displaced of displaces) {
      const reason = { code: 'recently_surveyed', detail: `newer closing ${own.id}` } as const;
      await suppress(trx, displaced, [reason], { at, countsUnasked });
    }
    const change = { ...read, ...noSurvey, ...send, address, reasons: [], error: null };
    return apply(trx, own.id, { transition: 'schedule', change, note: send.provider }, at);
  });
}

/** A verdict that needed few reads keeps what was read before. */
function knownBefore(own: Closing, reading: ClosingReading): ClosingReading {
  return {
    readAt: reading.readAt ?? own.readAt,
    evidence: reading.evidence ?? own.evidence,
    customer: reading.customer ?? own.customer,
    customerId: reading.customerId ?? own.customerId,
    agent: reading.agent ?? own.agent,
    ...(reading.brand === undefined
      ? {}
      : { brand: reading.brand, companyName: reading.companyName ?? null }),
  };
}

/**
 * Records that the message is about to leave, right before it does. From then until `recordDelivery`, it may have left.
 *
 * @param options.form the form of its survey, unless an earlier message of the survey may be out
 * @param options.cap how many messages may leave within any hour; null: no limit
 * @returns the message's number among those of the closing
 * @throws Failure claim_lost, closing_changed, sending_paused, hourly_cap_reached: then nothing may leave
 */
export async function markLeaving(
  ledger: Ledger,
  closingId: string,
  worker: Worker,
  at: string,
  { form = null, cap = null }: { form?: SurveyForm | null; cap?: HourlyCap | null } = {},
): Promise<number> {
  const names = cap === null ? [] : capLock(cap);
  return ledger.write({ closings: [closingId], shared: [sendingLock], names }, async (trx) => {
    await refuseWhilePaused(trx, at);
    if (cap !== null) await refuseAtCap(trx, cap, at);
    await keepClaim(trx, closingId, worker, at);
    const leave = { transition: 'leave', change: { leftAt: at }, note: null } as const;
    const closing = await apply(trx, closingId, leave, at);
    if (closing.surveyId === null || closing.provider === null) {
      throw new Error(`the closing ${closingId} was scheduled without a survey`);
    }
    return openMessage(trx, closing, closing.surveyId, closing.provider, at, form);
  });
}

/**
 * Records how the message ended, unless more is known already. If the process was suspended until others took the
 * closing over, only the arrival of its message is recorded, and not even that if another message came after it.
 *
 * @param attempts failed tries before this run
 * @param message its number, as `markLeaving` returned it
 * @throws Failure closing_changed, closing_not_found
 */
export async function recordDelivery(
  ledger: Ledger,
  closingId: string,
  at: string,
  result: MessageResult,
  attempts: number,
  message?: number,
): Promise<Closing> {
  return ledger.write({ closings: [closingId] }, async (trx) => {
    const closing = await closingIn(trx, closingId);
    if (closing.state === 'uncertain' && result.status !== 'sent') return closing;
    if (message !== undefined && message !== (await newestMessage(trx, closingId))) return closing;
    if (closing.forgottenAt !== null) return recordForgottenDelivery(trx, closing, result, at);
    // A try that failed before the message could leave has opened no message.
    if (closing.state !== 'scheduled') {
      await closeMessage(trx, closingId, {
        at,
        outcome: result.status,
        externalId: result.status === 'sent' ? result.externalId : null,
        error:
          result.status === 'sent'
            ? null
            : result.status === 'uncertain'
              ? inDoubt(result.failure, closing.surveyId ?? '')
              : errorOf(result.failure),
      });
    }
    const move = messageMove(closing, result, at, attempts);
    return move === null ? closingIn(trx, closingId) : apply(trx, closingId, move, at);
  });
}

/**
 * A message left before its customer was forgotten, and its process was suspended meanwhile: only the arrival is
 * recorded.
 */
async function recordForgottenDelivery(
  trx: Writing,
  closing: Closing,
  { status }: MessageResult,
  at: string,
): Promise<Closing> {
  if (status !== 'sent' || !allows('confirm', closing.state)) return closing;
  await closeMessage(trx, closing.id, { at, outcome: 'sent' });
  return apply(trx, closing.id, { transition: 'confirm', change: {}, note: null }, at);
}

/**
 * Records a try that failed before any message could leave.
 *
 * @param retryAt when the queue tries again; null: only a person does
 * @throws Failure claim_lost when another worker holds the closing, closing_changed when its message may be leaving
 */
export async function recordFailure(
  ledger: Ledger,
  closingId: string,
  worker: Worker,
  at: string,
  failure: ClosingError,
  retryAt: string | null,
): Promise<Closing> {
  return ledger.write({ closings: [closingId] }, async (trx) => {
    const closing = await closingIn(trx, closingId);
    refuseClaimOfOther(closing, worker);
    if (closing.state === 'sending') throw closingChanged(closing, 'fail');
    if (closing.state === 'failed') {
      await apply(trx, closingId, { transition: 'retry', change: {}, note: null }, at);
    }
    return apply(trx, closingId, failureMove(failure, closing.attempts, retryAt), at);
  });
}

/**
 * Lets a closing wait longer, without a verdict.
 *
 * @throws Failure claim_lost, closing_changed when the closing is not waiting in the queue
 */
export async function postponeClosing(
  ledger: Ledger,
  closingId: string,
  worker: Worker,
  { at, dueAt }: { at: string; dueAt: string },
): Promise<Closing> {
  return ledger.write({ closings: [closingId] }, async (trx) => {
    let closing = await closingIn(trx, closingId);
    refuseClaimOfOther(closing, worker);
    if (closing.state === 'failed') {
      closing = await apply(trx, closingId, { transition: 'retry', change: {}, note: null }, at);
    }
    if (closing.state !== 'pending' && closing.state !== 'scheduled') {
      throw closingChanged(closing, 'schedule');
    }
    await trx.updateTable('closings').set({ due_at: dueAt }).where('id', '=', closingId).execute();
    return closingIn(trx, closingId);
  });
}
