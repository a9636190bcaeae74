import { expect, test } from 'vitest';
import { defaultPolicy } from '../../../src/domain/eligibility/policy.ts';
import { reasonCodes } from '../../../src/domain/closing/reason.ts';

const day = 86_400_000;

test('by default, every customer is surveyed, once a week for an address, within a month', () => {
  expect(defaultPolicy).toMatchObject({
    optOutTopics: ['do_not_send_stella'],
    suppressionDays: 7,
    maxAge: 30 * day,
    delay: 0,
    quietHours: null,
    sample: 100,
    excludedAgents: [],
    excludedInboxes: [],
    excludedChannels: [],
    excludedCustomers: [],
    lowRating: 2,
    satisfiedFrom: 4,
    surveyExpires: 30 * day,
    answerFinalAfter: day,
    language: 'en',
    companyName: null,
  });
});

test('the reasons that scripts know', () => {
  expect(reasonCodes.toSorted()).toEqual([
    'agent_excluded',
    'agent_unknown',
    'already_surveyed',
    'bad_address',
    'bulk_closed',
    'cancelled',
    'channel_excluded',
    'closed_by_rule',
    'customer_excluded',
    'forgotten',
    'inbox_excluded',
    'no_address',
    'no_agent_response',
    'no_customer_message',
    'not_closed',
    'opt_out_topic',
    'recently_surveyed',
    'reopened',
    'sampled_out',
    'timeline_truncated',
    'too_old',
    'unsubscribed',
  ]);
});
