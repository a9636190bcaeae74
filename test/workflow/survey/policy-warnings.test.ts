import { expect, test } from 'vitest';
import type { Policy } from '../../../src/domain/eligibility/policy.ts';
import { createSteps } from '../../../src/workflow/context/steps.ts';
import { previewConversation } from '../../../src/workflow/survey/preview.ts';
import { namedRunWarnings } from '../../../src/workflow/survey/policy-warnings.ts';
import { faultyProxy } from '../../support/faulty-proxy.ts';
import { sync } from '../../../src/workflow/runs/sync.ts';
import {
  backfillNamed,
  backfillOf,
  minute,
  silent,
  tickOf,
  unlimited,
  world,
  type World,
} from '../support.ts';

const mistyped = {
  optOutTopics: ['do_not_send_stella', 'do-not-send-stella'],
  excludedInboxes: ['No such inbox'],
  excludedAgents: ['gone@example.com'],
  excludedCustomers: ['kim@example', 'kim@example.com'],
};
const warnings = [
  "optOutTopics: Gladly lists no topic 'do-not-send-stella'; check the spelling of this entry",
  "excludedInboxes: Gladly lists no inbox 'No such inbox'; check the spelling of this entry",
  "excludedAgents: Gladly lists no agent 'gone@example.com'; check the spelling of this entry",
  "excludedCustomers: 'kim@example' is not an email address, domain, phone number, or customer id",
];

function heard(): { told: string[]; warn: (sentence: string) => void } {
  const told: string[] = [];
  return { told, warn: (sentence) => void told.push(sentence) };
}

test.each([true, false])(
  'a backfill warns once of each entry that meets nothing; before it asks: %s',
  async (asks) => {
    const own = await world();
    const since = own.time.now;
    await own.tell();
    await own.tell();
    own.time.now += 5 * minute;
    const { told, warn } = heard();
    const known: string[][] = [];
    const listener = {
      asks,
      warn,
      ready: () => {
        known.push([...told]);
        return Promise.resolve(true);
      },
    };
    const run = await backfillOf(own.services({ policy: mistyped }), [since, own.time.now], { listener });
    expect(run.thisRun.sent).toBe(2);
    expect(told).toEqual(warnings);
    expect(known).toEqual([asks ? warnings : []]);
    // The warnings use the lists that the closings need anyway.
    for (const operation of ['getTopics', 'getAgents']) expect(run.requests.byOperation[operation]).toBe(1);
  },
);

test('so do named conversations and a tick; a run without closings asks Gladly nothing', async () => {
  const own = await world();
  const id = await own.tell();
  await tickOf(own.services());
  const named = heard();
  await backfillNamed(own.services({ policy: mistyped }), [id], { listener: { warn: named.warn } });
  expect(named.told).toEqual(warnings);
  const tick = async (): Promise<string[]> => {
    own.time.now += 5 * minute;
    const { told, warn } = heard();
    const services = own.services({ policy: mistyped });
    await sync(services, { limits: unlimited, dryRun: false, timezone: 'UTC' }, { ...silent, warn });
    return told;
  };
  expect(await tick()).toEqual([]);
  await own.tell();
  expect(await tick()).toEqual(warnings);
});

test('a conversation that is looked at by name tells them, too, and asks for nothing more', async () => {
  const own = await world();
  const id = await own.tell();
  const looked = async (policy: Partial<Policy>): Promise<{ warnings: string[]; requests: unknown }> => {
    const services = own.services({ policy });
    const request = { conversationId: id, closingId: null };
    const { document } = await previewConversation(
      services,
      request,
      createSteps(services, () => undefined),
    );
    return { warnings: document.warnings, requests: services.client.counts.gladly };
  };
  // Fills the cache of lists.
  await looked({});
  const usual = await looked({ excludedInboxes: ['Returns'] });
  expect(usual.warnings).toEqual([]);
  expect(await looked(mistyped)).toEqual({ warnings, requests: usual.requests });
  // The id may belong to an agent who left.
  expect((await looked({ excludedAgents: ['5LNrIaOiRJ6u3vQ8jHyTkQ'] })).warnings).toEqual([]);
});

async function anAgent({ sandbox }: World): Promise<{ id: string; emailAddress: string }> {
  const authorization = `Basic ${Buffer.from(`${sandbox.email}:${sandbox.token}`).toString('base64')}`;
  const answer = await fetch(`${sandbox.origin}/api/v1/agents`, { headers: { authorization } });
  const [first] = (await answer.json()) as { id: string; emailAddress: string }[];
  if (first === undefined) throw new Error('the sandbox has no agents');
  return first;
}

test('an agent who left the list is still met by id', async () => {
  const own = await world();
  const { id, emailAddress } = await anAgent(own);
  const policy = { excludedAgents: [id, emailAddress.toUpperCase(), `Ann <${emailAddress}>`] };
  expect(await namedRunWarnings(own.services({ policy }))).toEqual([]);
  const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
    request === 'GET /api/v1/agents' ? { status: 200, body: '[{"id":"agent-1"}]' } : 'pass',
  );
  own.time.now += 60 * minute;
  const unlisted = await namedRunWarnings(
    (await world()).services({ origin, policy: { excludedAgents: [id, 'agent-9'] } }),
  );
  expect(unlisted).toEqual([
    "excludedAgents: Gladly lists no agent 'agent-9'; check the spelling of this entry",
  ]);
});

test('lists that cannot be read are left to the closings to report', async () => {
  const own = await world();
  const since = own.time.now;
  await own.tell();
  own.time.now += 5 * minute;
  const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
    request === 'GET /api/v1/topics' ? { status: 403, body: '{}' } : 'pass',
  );
  const { told, warn } = heard();
  const services = own.services({ origin, policy: mistyped });
  const { outcomes } = await backfillOf(services, [since, own.time.now], { listener: { warn } });
  expect(outcomes.failed).toBe(1);
  expect(told).toEqual(warnings.slice(3));
});

test.each([
  [null, 'Gladly reports no time zone for the organization; quiet hours and dates are in UTC'],
  [
    'Mars/Phobos',
    "the organization's time zone 'Mars/Phobos' is unknown here; quiet hours and dates are in UTC",
  ],
])('the zone %j is named where quiet hours depend on it', async (timezone, warning) => {
  const own = await world();
  const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
    request === 'GET /api/v1/organization'
      ? { status: 200, body: JSON.stringify({ id: 'o', name: 'Acme', timezone }) }
      : 'pass',
  );
  const quietHours = { from: 21 * 60, until: 8 * 60 };
  expect(await namedRunWarnings(own.services({ origin, policy: { quietHours } }))).toEqual([warning]);
  expect(await namedRunWarnings(own.services({ origin }))).toEqual([]);
});
