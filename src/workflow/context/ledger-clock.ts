import type { Ledger } from '../../store/ledger/ledger.ts';

/** The clock for work on a ledger: its server's time if it has one, so that hosts with different clocks agree. */
export function ledgerClock(ledger: Pick<Ledger, 'now'>, clock: () => number): () => number {
  return () => ledger.now() ?? clock();
}
