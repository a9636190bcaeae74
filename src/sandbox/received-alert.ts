/** What came to the sandbox as an alert, which stands in for what a team has for that. */
export interface ReceivedAlert {
  /** ISO 8601, UTC. */
  at: string;
  headers: Record<string, string>;
  /** As it came, for whoever checks its signature. */
  body: string;
}
