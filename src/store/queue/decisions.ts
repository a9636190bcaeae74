import type { Kysely } from 'kysely';
import { reservingStates, surveyedStates, type ClosingState } from '../../domain/closing/transitions.ts';
import { deliveryNames, isTrial, queueFor, wasTrial, type DeliveryName } from '../../domain/delivery.ts';
import type { Reason } from '../../domain/eligibility/reason.ts';
import { keepClaim, refuseClaimOfOther } from './claims.ts';
import { closingChanged, closingIn, isQueued, move, noSurvey, suppress } from '../closings/rows.ts';
import type { Closing, ClosingError } from '../closings/closing.ts';
import { closeMessage, openMessage } from './messages.ts';
import { within, type Ledger } from '../open.ts';
import type { LedgerTables } from '../schema/tables.ts';
import { endTrial } from '../closings/trials.ts';
import { hasUnsubscribed } from '../addresses/unsubscribes.ts';
import type { Worker } from './workers.ts';

/** What the ledger knows of an address besides the closing that is being decided. */
export interface AddressHistory {
  unsubscribed: boolean;
  /** Closings that hold the address. `at`: when it was or will be asked, sentAt ?? leftAt ?? dueAt ?? decidedAt. */
  closings: {
    id: string;
    state: ClosingState;
    provider: DeliveryName | null;
    closedAt: string;
    at: string;
  }[];
}

export type Decision =
  | {
      send: { dueAt: string; surveyId: string; provider: DeliveryName; surveyUrl: string };
      /** Scheduled closings of the same address that give way to this one. */
      displaces: readonly string[];
    }
  | { suppress: readonly Reason[] };

export interface DecisionInput {
  closingId: string;
  worker: Worker;
  at: string;
  /** Normalised; null when the customer has none. */
  address: string | null;
  /** How far back the address's other surveys count; null: they do not. */
  since: string | null;
  facts: Facts;
  /** Whose verdict it is; without it, a real delivery's. */
  delivery?: DeliveryName;
}

/** What was read, kept with the verdict. */
export type Facts = Pick<Closing, 'readAt' | 'evidence' | 'customer' | 'agent' | 'customerId'>;

/** `attempts`: tries so far, where one run tried several times; else one more than before. */
export type MessageResult =
  | { status: 'sent'; externalId: string | null }
  | { status: 'uncertain'; error: ClosingError }
  | { status: 'not_sent'; temporary: true; retryAt: string; error: ClosingError; attempts?: number }
  | { status: 'not_sent'; temporary: false; error: ClosingError; attempts?: number };

/**
 * Decides a closing and reserves its address in one transaction, so that of two closings of one address decided at
 * once the second sees the first. A closing that has a survey keeps it: a verdict not to send changes nothing
 * there, a verdict to send is refused. Only a trial's survey gives way, to a real delivery's verdict: sending, or
 * reasons without `already_surveyed`. What waits to be asked about for real is refused to a trial.
 * @param decide called once within the transaction; pure
 * @throws Failure claim_lost, closing_changed, closing_not_found
 */
export async function decideClosing(
  ledger: Ledger,
  input: DecisionInput,
  decide: (own: Closing, history: AddressHistory) => Decision,
): Promise<Closing> {
  return within(ledger, async (trx) => {
    const own = await closingIn(trx, input.closingId);
    refuseClaimOfOther(own, input.worker);
    if (isKeptFrom(input.delivery, own)) throw closingChanged(own, 'schedule');
    const { address, since } = input;
    const facts = { ...input.facts, decidedAt: input.at };
    const decision = decide(own, await historyOf(trx, address, since, own.id));
    const gaveWay = givesWay(own, decision);
    if (gaveWay) await endTrial(trx, own, input.at);
    if ('suppress' in decision) {
      if (isSurveyed(own) && !gaveWay) return own;
      return suppress(trx, own.id, input.at, decision.suppress, facts);
    }
    const { send, displaces } = decision;
    if (own.state === 'failed') await move(trx, own.id, 'retry', input.at, {}, null);
    for (const displaced of displaces) {
      const reasons: Reason[] = [{ code: 'recently_surveyed', detail: `newer closing ${own.id}` }];
      await suppress(trx, displaced, input.at, reasons);
    }
    const change = { ...facts, ...noSurvey, ...send, address, reasons: [], error: null };
    return move(trx, own.id, 'schedule', input.at, change, send.provider);
  });
}

/**
 * Marks that the message is about to leave, right before it does; until `recordDelivery` it may have left.
 * @throws Failure claim_lost, closing_changed
 */
export async function markLeaving(
  ledger: Ledger,
  closingId: string,
  worker: Worker,
  at: string,
): Promise<void> {
  await within(ledger, async (trx) => {
    await keepClaim(trx, closingId, worker, at);
    const closing = await move(trx, closingId, 'leave', at, { leftAt: at }, null);
    if (closing.surveyId === null || closing.provider === null) {
      throw new Error(`the closing ${closingId} was scheduled without a survey`);
    }
    await openMessage(trx, closing, closing.surveyId, closing.provider, at);
  });
}

/**
 * Records how the message ended. What is known already is not weakened: a closing that was answered meanwhile
 * stays answered, one that was declared uncertain becomes sent or stays.
 * @throws Failure closing_changed, closing_not_found
 */
export async function recordDelivery(
  ledger: Ledger,
  closingId: string,
  at: string,
  result: MessageResult,
): Promise<Closing> {
  return within(ledger, async (trx) => {
    const { state, attempts } = await closingIn(trx, closingId);
    const externalId = result.status === 'sent' ? result.externalId : null;
    const error = result.status === 'sent' ? null : result.error;
    // A try that failed before the message could leave has opened none.
    if (state !== 'scheduled') {
      await closeMessage(trx, closingId, { at, outcome: result.status, externalId, error });
    }
    if (state === 'answered' || (state === 'uncertain' && result.status !== 'sent')) {
      return closingIn(trx, closingId);
    }
    if (result.status === 'sent') {
      return move(trx, closingId, 'confirm', at, { sentAt: at, externalId, error: null }, null);
    }
    if (result.status === 'uncertain') return move(trx, closingId, 'doubt', at, { error }, result.error.code);
    const change = { error, leftAt: null, attempts: result.attempts ?? attempts + 1 };
    return result.temporary
      ? move(trx, closingId, 'resume', at, { ...change, dueAt: result.retryAt }, result.error.code)
      : move(trx, closingId, 'fail', at, { ...change, dueAt: null }, result.error.code);
  });
}

/**
 * Records a try that failed before any message could leave.
 * @param retryAt when the queue tries again; null: only a person does
 * @throws Failure claim_lost when another worker holds the closing, closing_changed when its message may be leaving
 */
export async function recordFailure(
  ledger: Ledger,
  closingId: string,
  worker: Worker,
  at: string,
  error: ClosingError,
  retryAt: string | null,
): Promise<Closing> {
  return within(ledger, async (trx) => {
    const closing = await closingIn(trx, closingId);
    const { state, attempts } = closing;
    refuseClaimOfOther(closing, worker);
    if (state === 'sending') throw closingChanged(closing, 'fail');
    if (state === 'failed') await move(trx, closingId, 'retry', at, {}, null);
    const change = { error, dueAt: retryAt, leftAt: null, attempts: attempts + 1 };
    return move(trx, closingId, 'fail', at, change, error.code);
  });
}

/**
 * Lets a closing wait longer, without a verdict.
 * @throws Failure claim_lost, closing_changed when it is neither pending nor scheduled
 */
export async function postponeClosing(
  ledger: Ledger,
  closingId: string,
  worker: Worker,
  dueAt: string,
): Promise<Closing> {
  return within(ledger, async (trx) => {
    const closing = await closingIn(trx, closingId);
    refuseClaimOfOther(closing, worker);
    if (closing.state !== 'pending' && closing.state !== 'scheduled')
      throw closingChanged(closing, 'schedule');
    await trx.updateTable('closings').set({ due_at: dueAt }).where('id', '=', closingId).execute();
    return closingIn(trx, closingId);
  });
}

/** Whether a closing is in the queue of the real deliveries, and this one is a trial. */
export function isKeptFrom(delivery: DeliveryName | undefined, closing: Closing): boolean {
  if (delivery === undefined || !isTrial(delivery) || wasTrial(closing)) return false;
  return isQueued(closing.state, closing.dueAt);
}

/**
 * A person has a closing decided again: at once, with all its tries.
 * @param delivery in whose queue it is then; without it, in the one that it was in
 * @throws Failure closing_changed
 */
export async function retryClosing(
  ledger: Ledger,
  closingId: string,
  at: string,
  delivery?: DeliveryName,
): Promise<Closing> {
  const change = { attempts: 0, dueAt: null, leftAt: null, error: null, reasons: [] };
  return within(ledger, async (trx) => {
    const isMoved = delivery !== undefined && isTrial(delivery) !== wasTrial(await closingIn(trx, closingId));
    const queue = isMoved ? { provider: queueFor(delivery) } : {};
    return move(trx, closingId, 'retry', at, { ...change, ...queue }, null);
  });
}

/** A person stops a survey that has not left. @throws Failure closing_changed */
export async function cancelClosing(ledger: Ledger, closingId: string, at: string): Promise<Closing> {
  const reasons: Reason[] = [{ code: 'cancelled', detail: `cancelled at ${at}` }];
  return within(ledger, (trx) => suppress(trx, closingId, at, reasons));
}

/** A person, or evidence, tells that the message did arrive. @throws Failure closing_changed */
export async function confirmSent(ledger: Ledger, closingId: string, at: string): Promise<Closing> {
  return within(ledger, async (trx) => {
    const { leftAt } = await closingIn(trx, closingId);
    await closeMessage(trx, closingId, { at, outcome: 'sent', externalId: null, error: null });
    return move(trx, closingId, 'confirm', at, { sentAt: leftAt ?? at, error: null }, null);
  });
}

/**
 * What `decideClosing` would show its `decide`, without deciding.
 * @param except the closing in question, if the ledger has it
 */
export async function addressHistory(
  ledger: Ledger,
  address: string | null,
  since: string | null,
  except: string | null,
): Promise<AddressHistory> {
  return historyOf(ledger.db, address, since, except);
}

async function historyOf(
  db: Kysely<LedgerTables>,
  address: string | null,
  since: string | null,
  except: string | null,
): Promise<AddressHistory> {
  if (address === null) return { unsubscribed: false, closings: [] };
  const unsubscribed = await hasUnsubscribed(db, address);
  if (since === null) return { unsubscribed, closings: [] };
  const rows = await db
    .selectFrom('closings')
    .select(['id', 'state', 'provider', 'closed_at', 'state_at'])
    .select((eb) => eb.fn.coalesce('sent_at', 'left_at', 'due_at', 'decided_at').as('at'))
    .select((eb) =>
      eb
        .selectFrom('messages')
        .select((of) => of.fn.max('messages.left_at').as('doubt_at'))
        .whereRef('messages.closing_id', '=', 'closings.id')
        .where('messages.outcome', 'in', ['uncertain', 'interrupted'])
        .where('messages.provider', 'in', realDeliveries)
        .as('doubt_at'),
    )
    .where('address', '=', address)
    .orderBy('closed_at')
    .execute();
  const closings = rows.flatMap(({ id, provider, closed_at: closedAt, ...row }) => {
    const holder = { id, provider, closedAt };
    if (row.doubt_at !== null && !isSurveyed(row)) {
      // Decided again by a person, and the message before may have arrived all the same.
      return [{ ...holder, state: 'uncertain' as const, at: row.doubt_at }];
    }
    const { state } = row;
    return isReserving(state) ? [{ ...holder, state, at: row.at ?? row.state_at }] : [];
  });
  return { unsubscribed, closings: closings.filter(({ id, at }) => id !== except && at >= since) };
}

const realDeliveries = deliveryNames.filter((name) => !isTrial(name));

const isReserving = (state: ClosingState): boolean =>
  (reservingStates as readonly ClosingState[]).includes(state);

/** A trial's survey gives way to the verdict of a real delivery, whichever it is. */
function givesWay(own: Closing, decision: Decision): boolean {
  if (!isSurveyed(own) || own.provider === null || !isTrial(own.provider)) return false;
  return 'send' in decision
    ? !isTrial(decision.send.provider)
    : decision.suppress.every(({ code }) => code !== 'already_surveyed');
}

function isSurveyed({ state }: Pick<Closing, 'state'>): boolean {
  return (surveyedStates as readonly ClosingState[]).includes(state);
}
