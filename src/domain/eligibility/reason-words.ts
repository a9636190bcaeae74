import type { ReasonCode } from '../closing/reason.ts';

/** Why a customer was not asked, for people who do not know the codes. */
export const reasonWords: Readonly<Record<ReasonCode, string>> = {
  not_closed: 'The conversation was open',
  reopened: 'The conversation was reopened',
  opt_out_topic: 'A topic opts out of surveys',
  no_agent_response: 'No agent responded',
  agent_unknown: 'The agent is unknown',
  agent_excluded: 'The agent is excluded',
  no_customer_message: 'The customer never wrote or called',
  no_address: 'The customer has no address',
  bad_address: 'The customer’s address is not valid',
  unsubscribed: 'The customer unsubscribed',
  recently_surveyed: 'The customer was asked recently',
  already_surveyed: 'The closing already has a survey',
  inbox_excluded: 'The inbox is excluded',
  channel_excluded: 'The channel is excluded',
  customer_excluded: 'The customer is excluded',
  too_old: 'The closing was too old',
  timeline_truncated: 'Gladly did not show the whole conversation',
  sampled_out: 'Not in the sample',
  bulk_closed: 'Many conversations were closed at once',
  closed_by_rule: 'A rule or a program closed it, not an agent',
  cancelled: 'The survey was canceled',
  forgotten: 'The customer was forgotten before the survey left',
};

/** The same with the code, which documents and scripts use. */
export function reasonText(code: ReasonCode): string {
  return `${reasonWords[code]} (${code})`;
}
