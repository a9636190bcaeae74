import { traitsOf, type DeliveryName } from '../delivery.ts';
import { nameKey } from '../values/name-key.ts';
import { zoneProblem } from '../values/time-zone.ts';
import { isExcludedAgent } from './excluded-agents.ts';
import { canMeetCustomer, lacksCountryCode } from './excluded-customers.ts';
import type { Policy } from './policy.ts';

/** What an organization has, as its directories list it. */
export interface KnownNames {
  agents: readonly { id: string; email: string | null }[];
  inboxes: readonly { id: string; name: string | null }[];
  topics: readonly { name: string | null }[];
}

/** The policy's lists whose entries have to name something in Gladly. */
type NamingKey = 'optOutTopics' | 'excludedInboxes' | 'excludedAgents';

const nouns: Record<NamingKey, string> = {
  optOutTopics: 'topic',
  excludedInboxes: 'inbox',
  excludedAgents: 'agent',
};

export interface UnmetEntry {
  key: NamingKey;
  entry: string;
}

/** Policy entries that name nothing in Gladly: with a typo, an entry keeps no conversation from being surveyed. */
export function unmetEntries(policy: Pick<Policy, NamingKey>, known: KnownNames): UnmetEntry[] {
  const topics = keysOf(known.topics.map(({ name }) => name));
  const inboxes = keysOf(known.inboxes.flatMap(({ id, name }) => [id, name]));
  const meets: Record<NamingKey, (entry: string) => boolean> = {
    optOutTopics: (entry) => topics.has(nameKey(entry)),
    excludedInboxes: (entry) => inboxes.has(nameKey(entry)),
    excludedAgents: (entry) => known.agents.some(({ id, email }) => isExcludedAgent([entry], id, email)),
  };
  return (Object.keys(nouns) as NamingKey[]).flatMap((key) =>
    policy[key].filter((entry) => !meets[key](entry)).map((entry) => ({ key, entry })),
  );
}

export function unmetWarning({ key, entry }: UnmetEntry): string {
  return `${key}: Gladly lists no ${nouns[key]} '${entry}'; check the spelling of this entry`;
}

/** Customers come and go, and Gladly does not list them: only an entry that cannot match any customer is a mistake. */
export function hopelessEntries({ excludedCustomers }: Pick<Policy, 'excludedCustomers'>): string[] {
  return excludedCustomers
    .filter((entry) => !canMeetCustomer(entry))
    .map((entry) =>
      lacksCountryCode(entry)
        ? `excludedCustomers: '${entry}' has no country code, so it matches no number that has one; write it as +15550100123`
        : `excludedCustomers: '${entry}' is not an email address, domain, phone number, or customer id`,
    );
}

/** @param timeZone as Gladly reports it for the organization */
export function zoneWarning(timeZone: string | null): string[] {
  const problem = zoneProblem(timeZone);
  return problem === null ? [] : [`${problem}; quiet hours and dates are in UTC`];
}

/** Why a profile that wants reminders sends none. */
export function reminderProblem(
  { reminderAfter, surveyExpires }: Pick<Policy, 'reminderAfter' | 'surveyExpires'>,
  delivery: DeliveryName,
): string | null {
  if (reminderAfter === null) return null;
  if (!traitsOf(delivery).reminds)
    return `reminderAfter: ${delivery} has its own survey page, so gcsat sends no reminders`;
  return reminderAfter >= surveyExpires
    ? 'reminderAfter is not shorter than surveyExpires: a survey expires before its reminder is due'
    : null;
}

function keysOf(names: readonly (string | null)[]): Set<string> {
  return new Set(names.filter((name) => name !== null).map(nameKey));
}
