/** While it lasts, no process that uses the ledger sends anything. Times are RFC 3339 in UTC. */
export interface SendingPause {
  pausedAt: string;
  /** When sending resumes by itself; null: only when a person says so. */
  until: string | null;
  reason: string | null;
}
