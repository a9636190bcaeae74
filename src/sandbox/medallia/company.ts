import type { components } from '../../medallia/contract.ts';
import { rateLimit, type RateLimit } from '../rate-limits.ts';
import { companySlug, type Agent, type Directory } from '../world/organization.ts';

export type Row = components['schemas']['FeedbackRow'];

/** States of a profile (Agent Connect's help, Profile status); surveys are sent only for an active one. */
export const profileStates = [
  'active',
  'deactivated',
  'pending review',
  'confirmed',
  'unapproved',
  'created',
] as const;
export type ProfileState = (typeof profileStates)[number];

export interface StandInEmployee {
  email: string;
  customId: string;
  name: string;
  state: ProfileState;
}

/** No secrets, like the sandbox's token. */
export const medalliaKeys = {
  production: 'sandbox-production-key',
  test: 'sandbox-test-key',
  secret: 'sandbox-api-secret',
} as const;

export type KeyKind = 'production' | 'test';

/** A company at Agent Connect: one brand, one language, the default channels. */
export interface Company {
  subdomain: string;
  employees: StandInEmployee[];
  channels: readonly string[];
  /** How long an address gets no other survey after one was sent to it. */
  suppressionDays: number;
  /** Addresses in lower case. */
  unsubscribed: Set<string>;
  /** One row for each request with the production key, by uuid. */
  rows: Map<string, Row>;
  /** Requests with the test key: the survey goes to the company itself, and nothing is collected. */
  testRequests: { at: string; interactionId: string | null }[];
  /** Each key has 100 requests a minute. */
  limitOf(key: string): RateLimit;
  /** The sequence id of the newest change to any row. */
  sequence: number;
  now: () => number;
}

/** Agent Connect knows the organization's agents. All are active except the last, whose profile nobody approved. */
export function makeCompany({ agents, deactivatedAgents }: Directory, now: () => number): Company {
  const limits = new Map<string, RateLimit>();
  const employee =
    (state: ProfileState) =>
    ({ emailAddress, name }: Agent, number: number): StandInEmployee => ({
      email: emailAddress,
      customId: String((state === 'deactivated' ? 900 : 500) + number),
      name,
      state,
    });
  const active = agents.slice(0, -1).map(employee('active'));
  const pending = agents.slice(-1).map((agent) => employee('pending review')(agent, active.length));
  return {
    subdomain: companySlug,
    employees: [...active, ...pending, ...deactivatedAgents.map(employee('deactivated'))],
    channels: ['phone', 'email', 'chat'],
    suppressionDays: 7,
    unsubscribed: new Set(),
    rows: new Map(),
    testRequests: [],
    limitOf(key) {
      const limit = limits.get(key) ?? rateLimit('fixed', 100, 60_000);
      limits.set(key, limit);
      return limit;
    },
    // As if the company had been there for a while.
    sequence: 48_000,
    now,
  };
}

/** Every change gives a row a new sequence id, which moves it to the end of the list. */
export function changeRow(company: Company, row: Row, change: Partial<Row>): Row {
  company.sequence += 1;
  const changed = { ...row, ...change, sequence_id: company.sequence };
  company.rows.set(row.uuid, changed);
  return changed;
}

/** The rows changed after this sequence id, oldest change first. */
export function rowsAfter({ rows }: Company, after: number): Row[] {
  return [...rows.values()]
    .filter(({ sequence_id: sequence }) => sequence > after)
    .sort((one, other) => one.sequence_id - other.sequence_id);
}
