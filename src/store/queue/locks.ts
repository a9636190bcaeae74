import type { Ledger } from '../ledger/ledger.ts';
import { described, expiry, isLocked, nameOf, type Worker } from '../ledger/workers.ts';

export type Lock = { locked: true } | { locked: false; heldBy: string };

/**
 * Takes a name for work that only one process may do at a time, and only one task of that process. A lock whose process
 * ran on this host and has ended is taken over at once, any other lock when it has expired.
 */
export async function takeLock(ledger: Ledger, name: string, worker: Worker, now: string): Promise<Lock> {
  return ledger.write({ names: [name] }, async (trx) => {
    const held = await trx.selectFrom('locks').selectAll().where('name', '=', name).executeTakeFirst();
    if (held !== undefined && isLocked(held.claimed_by, held.claim_until, now)) {
      return { locked: false, heldBy: described(held.claimed_by) };
    }
    const claim = { claimed_by: nameOf(worker), claim_until: expiry(now) };
    await trx
      .insertInto('locks')
      .values({ name, ...claim })
      .onConflict((conflict) => conflict.column('name').doUpdateSet(claim))
      .execute();
    return { locked: true };
  });
}

/** Extends a lock by another 30 s from `now`; one that was lost stays with its new holder. */
export async function renewLock(ledger: Ledger, name: string, worker: Worker, now: string): Promise<void> {
  await ledger.write({ names: [name] }, (trx) =>
    trx
      .updateTable('locks')
      .set({ claim_until: expiry(now) })
      .where('name', '=', name)
      .where('claimed_by', '=', nameOf(worker))
      .execute(),
  );
}

export async function releaseLock(ledger: Ledger, name: string, worker: Worker): Promise<void> {
  await ledger.write({ names: [name] }, (trx) =>
    trx.deleteFrom('locks').where('name', '=', name).where('claimed_by', '=', nameOf(worker)).execute(),
  );
}
