import type { QuestionAnswer } from '../domain/survey/form.ts';

/** What a customer said. */
export interface DocumentAnswer {
  rating: number;
  resolved: boolean | null;
  /** Why the rating is low, of what the customer could choose from. */
  reason: string | null;
  comment: string | null;
  /** The organization's own question, answered. */
  question: QuestionAnswer | null;
  answeredAt: string;
}

/** With the number of the change that it is. */
export interface DocumentRevision extends DocumentAnswer {
  revision: number;
}
