import type { Ledger } from '../../store/ledger/ledger.ts';

/** What the work on a ledger takes for the time: that of its server, so that hosts whose clocks differ agree. */
export function ledgerClock(ledger: Pick<Ledger, 'now'>, clock: () => number): () => number {
  return () => ledger.now() ?? clock();
}
