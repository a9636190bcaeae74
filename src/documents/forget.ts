/** What `surveys forget` prints. Fields may be added, never renamed or removed. */
export interface ForgetDocument {
  dryRun: boolean;
  outcome: 'forgotten' | 'would_forget' | 'already_forgotten' | 'declined';
  /** Ids of the customer in Gladly: several if customers were merged. */
  customers: string[];
  /** The customer's normalized addresses and numbers; none once they are erased. */
  addresses: string[];
  /** Ids of the closings. */
  closings: string[];
  counts: {
    closings: number;
    /** Those of them that were still to be surveyed. */
    cancelled: number;
    messages: number;
    answers: number;
    cards: number;
    /** Unsubscribed addresses, of which a keyed hash is kept. */
    unsubscribed: number;
    outboxMessages: number;
    recordings: number;
  };
  /** Cards in Gladly. */
  cards: { deleted: number; kept: number; open: number };
  /** What could not be erased yet, for any customer; `serve`, `sync`, and the next `surveys forget` try again. */
  open: {
    kind: 'card' | 'message' | 'recording' | 'remnants';
    name: string;
    error: { code: string; message: string };
  }[];
  warnings: string[];
}
