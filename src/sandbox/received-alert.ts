/** An alert that came to the sandbox, which stands in for a team's own alerting tool. */
export interface ReceivedAlert {
  /** ISO 8601, UTC. */
  at: string;
  headers: Record<string, string>;
  /** As it came, so that its signature can be checked. */
  body: string;
}
