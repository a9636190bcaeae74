/** Why a closing is not surveyed. The codes are part of the JSON contract: some may be added, none renamed. */
export const reasonCodes = [
  'not_closed',
  'reopened',
  'opt_out_topic',
  'no_agent_response',
  'agent_unknown',
  'agent_excluded',
  'no_customer_message',
  'no_address',
  'bad_address',
  'unsubscribed',
  'recently_surveyed',
  'already_surveyed',
  'inbox_excluded',
  'channel_excluded',
  'customer_excluded',
  'too_old',
  'timeline_truncated',
  'sampled_out',
  'closed_by_rule',
  'bulk_closed',
  'cancelled',
  'forgotten',
] as const;

export type ReasonCode = (typeof reasonCodes)[number];

export interface Reason {
  code: ReasonCode;
  /** One line for a person, e.g. `topic do_not_send_stella`. */
  detail: string;
}
