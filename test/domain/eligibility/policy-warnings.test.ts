import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hopelessEntries,
  reminderProblem,
  unmetEntries,
  unmetWarning,
  zoneWarning,
} from '../../../src/domain/eligibility/policy-warnings.ts';

const known = {
  agents: [
    { id: 'agent-1', email: 'ann@b\u00fccher.example' },
    { id: 'agent-2', email: null },
  ],
  inboxes: [{ id: 'inbox-1', name: 'VIP\u2011Kunden' }],
  topics: [{ name: 'Re\u0301clamation' }, { name: null }],
};
const none = { optOutTopics: [], excludedInboxes: [], excludedAgents: [] };

describe('an entry of the policy', () => {
  test.each([
    { ...none, optOutTopics: ['R\u00c9CLAMATION'] },
    { ...none, excludedInboxes: ['vip-kunden'] },
    { ...none, excludedInboxes: ['inbox-1'] },
    { ...none, excludedAgents: ['agent-1', 'ann@xn--bcher-kva.example'] },
  ])('that names something in any spelling is no mistake: %j', (policy) => {
    expect(unmetEntries(policy, known)).toEqual([]);
  });

  test('that names nothing is named, each by itself', () => {
    const policy = {
      optOutTopics: ['R\u00e9clamation', 'Reclamation'],
      excludedInboxes: ['VIP Kunden'],
      excludedAgents: ['ann@bucher.example'],
    };
    expect(unmetEntries(policy, known).map(unmetWarning)).toEqual([
      "optOutTopics: Gladly lists no topic 'Reclamation'; check the spelling of this entry",
      "excludedInboxes: Gladly lists no inbox 'VIP Kunden'; check the spelling of this entry",
      "excludedAgents: Gladly lists no agent 'ann@bucher.example'; check the spelling of this entry",
    ]);
  });

  test('is named exactly if no name meets it, whatever the names are', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(names, fc.nat(), (optOutTopics, at) => {
        const missing = optOutTopics[at % optOutTopics.length];
        const topics = optOutTopics
          .filter((name) => name !== missing)
          .map((name) => ({ name: ` ${name.toUpperCase()}\u200b` }));
        expect(unmetEntries({ ...none, optOutTopics }, { ...known, topics })).toEqual([
          { key: 'optOutTopics', entry: missing },
        ]);
      }),
    );
  });

  test('that can be no customer is named', () => {
    expect(
      hopelessEntries({ excludedCustomers: ['kim@example.com', 'kim@example', 'Kim Lee', '512-555-0100'] }),
    ).toEqual([
      "excludedCustomers: 'kim@example' is not an email address, domain, phone number, or customer id",
      "excludedCustomers: 'Kim Lee' is not an email address, domain, phone number, or customer id",
      "excludedCustomers: '512-555-0100' has no country code, so it matches no number that has one; write it as +15550100123",
    ]);
  });
});

describe('reminders', () => {
  const hour = 3_600_000;
  const policy = { reminderAfter: 48 * hour, surveyExpires: 49 * hour };

  test('are sent, or not wanted', () => {
    expect(reminderProblem(policy, 'smtp')).toBeNull();
    expect(reminderProblem({ ...policy, reminderAfter: null }, 'medallia')).toBeNull();
  });

  test('are sent by no program with a page of its own', () => {
    expect(reminderProblem(policy, 'medallia')).toBe(
      'reminderAfter: medallia has its own survey page, so gcsat sends no reminders',
    );
  });

  test('come before a survey expires', () => {
    expect(reminderProblem({ ...policy, surveyExpires: 48 * hour }, 'smtp')).toBe(
      'reminderAfter is not shorter than surveyExpires: a survey expires before its reminder is due',
    );
  });
});

test('a time zone that is missing or unknown is named', () => {
  expect(zoneWarning('America/Chicago')).toEqual([]);
  expect(zoneWarning(null)).toEqual([
    'Gladly reports no time zone for the organization; quiet hours and dates are in UTC',
  ]);
  for (const unknown of ['Mars/Olympus', 'Central Time (US & Canada)', '']) {
    expect(zoneWarning(unknown)).toEqual([
      `the organization's time zone '${unknown}' is unknown here; quiet hours and dates are in UTC`,
    ]);
  }
});
