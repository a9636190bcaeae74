/** Keeps what Gladly's directories (agents, inboxes, topics) returned, between runs, to save requests. */
export interface DirectoryCache {
  /** @returns the body as it was written, and when Gladly sent it (ISO-8601 in UTC) */
  read(kind: string, id: string): Promise<{ body: unknown; fetchedAt: string } | null>;
  write(kind: string, id: string, body: unknown, fetchedAt: string): Promise<void>;
}
