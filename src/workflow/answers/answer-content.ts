import { isSameForm, type FormAnswers } from '../../domain/survey/form.ts';

export interface AnswerContent {
  rating: number;
  resolved: boolean | null;
  comment: string | null;
}

/** Includes the answers to the survey's form. */
export type FullContent = AnswerContent & FormAnswers;

/** Drops every other field. */
export function contentOf({ rating, resolved, comment, reason, question }: FullContent): FullContent {
  return { rating, resolved, comment, reason, question };
}

export function isSameContent(left: FullContent, right: FullContent): boolean {
  return (
    left.rating === right.rating &&
    left.resolved === right.resolved &&
    left.comment === right.comment &&
    isSameForm(left, right)
  );
}
