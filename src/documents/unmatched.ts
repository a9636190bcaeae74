/** A row of Agent Connect that belongs to no closing in the ledger. Fields may be added, never renamed or removed. */
export interface UnmatchedRow {
  /** Agent Connect's id of the row. */
  uuid: string;
  /** What its request named, often a conversation's id. */
  interactionId: string | null;
  url: string | null;
  channel: string | null;
  agent: { email: string | null; customId: string | null };
  requestedAt: string | null;
  /** In the words of Agent Connect. */
  deliveryStatus: string | null;
  rating: number | null;
  resolved: boolean | null;
  answeredAt: string | null;
}
