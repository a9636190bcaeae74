import { changeRow, type Company, type Row } from './company.ts';

export interface StandInAnswer {
  rating: number;
  comment: string | null;
  resolved: boolean | null;
}

/** A customer finishes the survey of an interaction, or changes the answer. Undefined if no survey was sent for it. */
export function answerSurvey(
  company: Company,
  interactionId: string,
  { rating, comment, resolved }: StandInAnswer,
): Row | undefined {
  const row = [...company.rows.values()].findLast(
    ({ ext_interaction_id: id, request_sent_at: sentAt }) =>
      id === interactionId && sentAt !== null && sentAt !== undefined,
  );
  if (row === undefined) return undefined;
  // Option ids differ from company to company and say nothing about the value.
  const optionId = String(32_219 + 3 * rating);
  const stars = {
    question_id: '771',
    question_text: 'How was your experience?',
    comment,
    selected_options: {
      [optionId]: { option_id: optionId, option_text: `${rating} stars`, integer_value: rating },
    },
  };
  const firstContact = {
    question_id: '773',
    question_text: 'Was your issue resolved?',
    comment: null,
    selected_options: { '40010': { option_id: '40010', option_text: resolved === true ? 'Yes' : 'No' } },
  };
  return changeRow(company, row, {
    response_received_at: new Date(company.now()).toISOString(),
    reward_eligible: rating >= 4,
    reward_name: null,
    answers: { agent_star_rating: stars, ...(resolved === null ? {} : { fcr: firstContact }) },
  });
}
