/** While it lasts, no process on the ledger sends anything. Times are RFC 3339 in UTC. */
export interface SendingPause {
  pausedAt: string;
  /** When sending goes on by itself; null: when a person says so. */
  until: string | null;
  reason: string | null;
}
