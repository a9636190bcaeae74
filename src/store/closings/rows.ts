import { readEvidence, type Evidence } from '../../domain/attribution/evidence.ts';
import type { Closing, ClosingChange } from '../../domain/closing/closing.ts';
import type { Move } from '../../domain/closing/moves.ts';
import { isQueued, transitions } from '../../domain/closing/transitions.ts';
import type { Reason } from '../../domain/closing/reason.ts';
import { Failure } from '../../failure.ts';
import type { Reading, Writing } from '../ledger/ledger.ts';
import { customerKeys } from '../ledger/customer-keys.ts';
import type { ClosingsTable } from '../ledger/tables.ts';
import { closingChanged, closingForgotten } from './closing-failures.ts';
import { groupColumns, keepGroups } from './groups.ts';

export function toClosing(row: ClosingsTable): Closing {
  return { ...toBriefClosing(row), evidence: evidenceOf(row.evidence) };
}

/** A closing without its evidence, which may be large. */
export type BriefClosing = Omit<Closing, 'evidence'>;

/** The columns of a brief closing. */
export const briefColumns = [
  'id',
  'conversation_id',
  'lane',
  'customer_id',
  'closed_at',
  'first_seen_at',
  'source',
  'state',
  'state_at',
  'reopened_at',
  'due_at',
  'attempts',
  'read_at',
  'decided_at',
  'reasons',
  'customer',
  'agent',
  'survey_id',
  'provider',
  'address',
  'survey_url',
  'left_at',
  'sent_at',
  'external_id',
  'error',
  'claimed_by',
  'claim_until',
  'brand',
  'forgotten_at',
  'imported',
  'reminder',
  'reminded_at',
  'closed_by',
  'closed_by_type',
] as const satisfies readonly (keyof ClosingsTable)[];

export function toBriefClosing(row: Pick<ClosingsTable, (typeof briefColumns)[number]>): BriefClosing {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    lane: row.lane,
    customerId: row.customer_id,
    closedAt: row.closed_at,
    closedBy: closerIn(row),
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
    brand: row.brand,
    forgottenAt: row.forgotten_at,
    imported: row.imported,
    reminder: row.reminder,
    remindedAt: row.reminded_at,
  };
}

export function closerIn({
  closed_by: id,
  closed_by_type: type,
}: Pick<ClosingsTable, 'closed_by' | 'closed_by_type'>) {
  return id === null && type === null ? null : { id, type };
}

function evidenceOf(stored: string | null): Evidence | null {
  return stored === null ? null : readEvidence(JSON.parse(stored));
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
  brand: 'brand',
} as const satisfies Record<Exclude<keyof ClosingChange, 'companyName'>, keyof ClosingsTable>;

const jsonFields: ReadonlySet<string> = new Set(['reasons', 'evidence', 'customer', 'agent', 'error']);

/** The columns of the fields that are given; the others are left out. */
function toColumns(change: ClosingChange): Partial<ClosingsTable> {
  const changed: Partial<ClosingsTable> = Object.fromEntries(
    Object.entries(change).flatMap(([field, value]) =>
      // Kept with the names.
      field === 'companyName'
        ? []
        : [[columns[field as keyof typeof columns], jsonFields.has(field) ? toJson(value) : value]],
    ),
  );
  return {
    ...changed,
    ...groupColumns(change),
    ...(change.customer === undefined ? {} : customerKeys(change.customer)),
    ...(change.reasons === undefined ? {} : { reason_codes: reasonCodesOf(change.reasons) }),
  };
}

function reasonCodesOf(reasons: readonly Reason[]): string {
  return [...new Set(reasons.map(({ code }) => code))].join(',');
}

/** Inside a write, no other process can change the closing until the write ends. @throws Failure closing_not_found */
export async function closingIn(db: Reading, closingId: string): Promise<Closing> {
  const row = await db
    .selectFrom('closings')
    .selectAll()
    .where('id', '=', closingId)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) {
    throw new Failure('not_found', 'closing_not_found', `The ledger has no closing ${closingId}.`, {
      hint: 'List what it has with `gcsat surveys list`.',
    });
  }
  return toClosing(row);
}

/**
 * Applies a move to a closing and records it in the history.
 *
 * @throws Failure closing_changed when the closing is in a state that the transition does not leave from,
 * closing_forgotten when its customer was forgotten: then its message can be recorded as sent, and nothing else
 */
export async function apply(
  trx: Writing,
  closingId: string,
  { transition, ...move }: Move,
  at: string,
): Promise<Closing> {
  let { change, note } = move;
  const before = await closingIn(trx, closingId);
  if (before.forgottenAt !== null) {
    if (transition !== 'confirm') throw closingForgotten(before);
    change = { sentAt: change.sentAt ?? before.leftAt, error: null };
    note = null;
  }
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
  await keepGroups(trx, row, change);
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
