import type { QuestionAnswer } from '../domain/survey/form.ts';

/** What a customer said. */
export interface DocumentAnswer {
  rating: number;
  resolved: boolean | null;
  /** Why the rating is low: one of the reasons that the customer could choose from. */
  reason: string | null;
  comment: string | null;
  /** The organization's own question and its answer. */
  question: QuestionAnswer | null;
  answeredAt: string;
}

/** An answer with the number of its revision. */
export interface DocumentRevision extends DocumentAnswer {
  revision: number;
}
