import { createHash } from 'node:crypto';
import type { Alone } from '../ledger/ledger.ts';

/** All writes share this lock; a write that holds the whole ledger holds it exclusively. */
export const ledgerLock = keyOf('ledger');

/**
 * The statements by which a transaction holds what it names exclusively. All of these locks end with their transaction,
 * so they also work behind a pooler that lends a connection for one transaction. They are taken in one order, so that
 * no two transactions wait for each other.
 */
export function lockStatements(alone: Alone): string[] {
  if (alone === 'ledger') return [`SELECT pg_advisory_xact_lock(${ledgerLock})`];
  const { conversations = [], closings = [], addresses = [], names = [], shared = [] } = alone;
  const own = new Set([
    ...[...conversations, ...closings.map(conversationOf)].map((id) => keyOf(`conversation ${id}`)),
    ...addresses.map((address) => keyOf(`address ${address}`)),
    ...names.map((name) => keyOf(`name ${name}`)),
  ]);
  const together = new Set(shared.map((name) => keyOf(`name ${name}`)).filter((key) => !own.has(key)));
  return [
    `SELECT pg_advisory_xact_lock_shared(${ledgerLock})`,
    ...[...own, ...together]
      .toSorted((one, other) => (one < other ? -1 : Number(one > other)))
      .map((key) => `SELECT pg_advisory_xact_lock${own.has(key) ? '' : '_shared'}(${key})`),
  ];
}

/** Tries the lock without waiting; it ends with the transaction. */
export function tryingLock(name: string): string {
  return `SELECT pg_try_advisory_xact_lock(${keyOf(`name ${name}`)}) AS yes`;
}

/** The id of a closing ends with its time and its lane. */
function conversationOf(closingId: string): string {
  const end = closingId.lastIndexOf('@');
  return end === -1 ? closingId : closingId.slice(0, end);
}

function keyOf(name: string): bigint {
  return createHash('sha256').update(`gcsat ${name}`).digest().readBigInt64BE();
}
