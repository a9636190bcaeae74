import type { Transaction } from 'kysely';
import { transitions, type ClosingState, type Transition } from '../../domain/closing/transitions.ts';
import type { Reason } from '../../domain/eligibility/reason.ts';
import { Failure } from '../../failure.ts';
import type { Closing, ClosingChange } from './closing.ts';
import type { ClosingsTable, LedgerTables } from '../schema/tables.ts';

export function toClosing(row: ClosingsTable): Closing {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    customerId: row.customer_id,
    closedAt: row.closed_at,
    firstSeenAt: row.first_seen_at,
    source: row.source,
    state: row.state,
    stateAt: row.state_at,
    reopenedAt: row.reopened_at,
    dueAt: row.due_at,
    attempts: row.attempts,
    readAt: row.read_at,
    decidedAt: row.decided_at,
    reasons: JSON.parse(row.reasons) as Reason[],
    evidence: fromJson(row.evidence),
    customer: fromJson(row.customer) as Closing['customer'],
    agent: fromJson(row.agent) as Closing['agent'],
    surveyId: row.survey_id,
    provider: row.provider,
    address: row.address,
    surveyUrl: row.survey_url,
    leftAt: row.left_at,
    sentAt: row.sent_at,
    externalId: row.external_id,
    error: fromJson(row.error) as Closing['error'],
    claimedBy: row.claimed_by,
    claimUntil: row.claim_until,
  };
}

const columns = {
  customerId: 'customer_id',
  reopenedAt: 'reopened_at',
  dueAt: 'due_at',
  attempts: 'attempts',
  readAt: 'read_at',
  decidedAt: 'decided_at',
  reasons: 'reasons',
  evidence: 'evidence',
  customer: 'customer',
  agent: 'agent',
  surveyId: 'survey_id',
  provider: 'provider',
  address: 'address',
  surveyUrl: 'survey_url',
  leftAt: 'left_at',
  sentAt: 'sent_at',
  externalId: 'external_id',
  error: 'error',
} as const satisfies Record<keyof ClosingChange, keyof ClosingsTable>;

const jsonFields: ReadonlySet<string> = new Set(['reasons', 'evidence', 'customer', 'agent', 'error']);

/** The columns of the fields that are given; the others are left out. */
export function toColumns(change: ClosingChange): Partial<ClosingsTable> {
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([field, value]) => [
      columns[field as keyof ClosingChange],
      jsonFields.has(field) ? toJson(value) : value,
    ]),
  );
}

/** A pending or scheduled closing waits for the queue; a failed one only if it is to be tried again. */
export function isQueued(state: ClosingState, dueAt: string | null): boolean {
  return state === 'pending' || state === 'scheduled' || (state === 'failed' && dueAt !== null);
}

/** @throws Failure closing_not_found */
export async function closingIn(trx: Transaction<LedgerTables>, closingId: string): Promise<Closing> {
  const row = await trx.selectFrom('closings').selectAll().where('id', '=', closingId).executeTakeFirst();
  if (row === undefined) {
    throw new Failure('not_found', 'closing_not_found', `The ledger has no closing ${closingId}.`, {
      hint: 'List what it has with `gcsat surveys list`.',
    });
  }
  return toClosing(row);
}

/**
 * Moves a closing along one transition of the domain's table and keeps it in the history.
 * @throws Failure closing_changed when the closing is in a state that the transition does not leave from
 */
export async function move(
  trx: Transaction<LedgerTables>,
  closingId: string,
  transition: Transition,
  at: string,
  change: ClosingChange,
  note: string | null,
): Promise<Closing> {
  const before = await closingIn(trx, closingId);
  const { from, to } = transitions[transition];
  const dueAt = change.dueAt === undefined ? before.dueAt : change.dueAt;
  const row = await trx
    .updateTable('closings')
    .set({ ...toColumns(change), state: to, state_at: at, queued: isQueued(to, dueAt) ? 1 : 0 })
    .where('id', '=', closingId)
    .where('state', '=', before.state)
    .where('state', 'in', from)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw closingChanged(before, transition);
  const last = await trx
    .selectFrom('history')
    .select((eb) => eb.fn.max('sequence').as('sequence'))
    .where('closing_id', '=', closingId)
    .executeTakeFirst();
  await trx
    .insertInto('history')
    .values({
      closing_id: closingId,
      sequence: nextAfter(last?.sequence),
      at,
      transition,
      from_state: before.state,
      to_state: to,
      note,
    })
    .execute();
  return toClosing(row);
}

/** Ends a closing without a survey. What went wrong before is no longer why. */
export async function suppress(
  trx: Transaction<LedgerTables>,
  closingId: string,
  at: string,
  reasons: readonly Reason[],
  facts: ClosingChange = {},
): Promise<Closing> {
  const change = { ...facts, reasons: [...reasons], dueAt: null, error: null };
  return move(trx, closingId, 'suppress', at, change, reasons.map(({ code }) => code).join(', '));
}

export function closingChanged(closing: Closing, transition: Transition): Failure {
  const { from, to } = transitions[transition];
  return new Failure(
    'ledger',
    'closing_changed',
    `The closing ${closing.id} is ${closing.state}; only ${from.join(' or ')} can become ${to}.`,
    {
      hint: 'Look at it with `gcsat surveys show`: another run, a person or the customer was faster.',
      scope: 'contention',
    },
  );
}

/** The number after the highest one, or 1: an empty table has none. */
export function nextAfter(highest: number | string | null | undefined): number {
  return Number(highest ?? 0) + 1;
}

export function toJson(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

export function fromJson(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}

/** What a closing is without the survey that it had. */
export const noSurvey = {
  surveyId: null,
  provider: null,
  surveyUrl: null,
  address: null,
  dueAt: null,
  leftAt: null,
  sentAt: null,
  externalId: null,
} as const satisfies ClosingChange;
