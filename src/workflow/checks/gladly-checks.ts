import { setTimeout as wait } from 'node:timers/promises';
import { timeAt } from '../../domain/values/instant.ts';
import { hasOptOutTopic } from '../../domain/eligibility/topics.ts';
import { zoneProblem } from '../../domain/values/time-zone.ts';
import { Failure } from '../../failure.ts';
import type { Directory } from '../../gladly/directory.ts';
import { tryReport } from '../../sources/report.ts';
import { policyWarnings } from '../survey/policy-warnings.ts';
import { ok, skipped, type Check } from './check.ts';
import type { CheckSources } from './check-sources.ts';
import { clockVerdict } from './clock.ts';

type Asking = Pick<CheckSources, 'settings' | 'directory'>;

const dayMs = 86_400_000;
/** Shorter than the time limit of a check, whose message would say less. */
const reportPatienceMs = 4000;

export const gladlyReachCheck: Check<Pick<CheckSources, 'settings' | 'domain'>> = {
  id: 'gladly.reach',
  about: 'Gladly answers at the domain, asked without credentials',
  matters: 'Every closing is read there, and every card is posted there.',
  needs: ['config.files'],
  isRemote: true,
  async run({ settings, domain }) {
    const { origin } = settings();
    const { status, askedAtMs, heardAtMs } = await domain();
    if (status < 500) return ok(`${origin} answers in ${heardAtMs - askedAtMs} ms`);
    throw new Failure('temporary', 'gladly_unwell', `${origin} answers with ${status}`, {
      hint: 'Run it again in a few minutes, and look at Gladly’s status page.',
    });
  },
};

export const gladlyTokenCheck: Check<Asking> = {
  id: 'gladly.token',
  about: 'Gladly accepts the API user and its token',
  matters: 'Nothing can be read from Gladly or written to it without them.',
  needs: ['config.files', 'gladly.reach'],
  isRemote: true,
  async run({ settings, directory }) {
    const { name } = await directory.organization();
    return ok(`${name ?? 'an organization without a name'} at ${settings().origin}`);
  },
};

export const gladlyClockCheck: Check<Pick<CheckSources, 'domain'>> = {
  id: 'gladly.clock',
  about: 'this machine and Gladly agree on the time',
  matters: 'Closings would be looked for in the wrong range, and links would expire too late or too early.',
  needs: ['gladly.reach'],
  isRemote: true,
  async run({ domain }) {
    return clockVerdict('Gladly', await domain());
  },
};

export const gladlyRateCheck: Check<Pick<CheckSources, 'settings' | 'rateLimit' | 'client'>> = {
  id: 'gladly.rate',
  about: 'how many requests a second Gladly allows, and whether others use them up',
  matters:
    "All of the organization's programs share the limit; the smaller gcsat's share, the longer a backfill takes.",
  needs: ['gladly.token'],
  isRemote: true,
  run({ settings, rateLimit, client }) {
    const { ratePercent } = settings();
    const limit = rateLimit();
    if (client().counts.rateLimited > 0) {
      return {
        status: 'warning',
        code: 'rate_limited',
        kind: 'temporary',
        summary: 'Gladly refused a request from this check, because too many came at once',
        fix: 'Find out which other programs call Gladly, or give gcsat a smaller share with `gcsat configure set ratePercent=50`.',
      };
    }
    if (limit?.limit === undefined || limit.limit === null) {
      return ok(`Gladly names no limit; gcsat uses at most ${ratePercent}% of 10 requests a second`);
    }
    return ok(`${limit.limit} requests a second; gcsat uses at most ${ratePercent}%`);
  },
};

export const gladlyReportsCheck: Check<Pick<CheckSources, 'client' | 'clock'>> = {
  id: 'gladly.reports',
  about: 'Gladly runs a report for the API user',
  matters: 'Closings older than a day are found only in reports.',
  needs: ['gladly.token'],
  isRemote: true,
  async run({ client, clock }) {
    const yesterday = timeAt(clock() - dayMs).slice(0, 10);
    const patience = new AbortController();
    const late = wait(reportPatienceMs, 'late' as const, { signal: patience.signal, ref: false });
    const made = tryReport(client(), yesterday).then(() => 'made' as const);
    const first = await Promise.race([made, late]).finally(() => patience.abort());
    // The report may still be pending; it fails when all checks end.
    made.catch(() => undefined);
    late.catch(() => undefined);
    if (first === 'made') return ok(`the report of ${yesterday} can be read`);
    return skipped(
      `not made within ${reportPatienceMs / 1000} s, which is normal with many conversations; a run waits for it`,
    );
  },
};

export const optOutTopicCheck: Check<Asking> = {
  id: 'gladly.opt-out-topic',
  about: 'the opt-out topics exist in Gladly',
  matters: 'Without them, agents cannot keep a conversation from being surveyed.',
  needs: ['config.files', 'gladly.token'],
  isRemote: true,
  async run({ settings, directory }) {
    const { optOutTopics } = settings().policy;
    if (optOutTopics.length === 0) return ok('none is configured');
    const names = optOutTopics.join(', ');
    if (hasOptOutTopic(await topicNamesOf(directory), optOutTopics)) return ok(names);
    throw new Failure('configuration', 'opt_out_topic_missing', `no topic is named ${names}`, {
      hint: 'Create the topic in Gladly, or set optOutTopics to the one you use.',
    });
  },
};

export const timeZoneCheck: Check<Asking> = {
  id: 'gladly.time-zone',
  about: 'the organization’s time zone is known here',
  matters: 'Dates and quiet hours use it.',
  needs: ['gladly.token'],
  isRemote: true,
  async run({ directory }) {
    const { timezone } = await directory.organization();
    const problem = zoneProblem(timezone);
    if (problem === null) return ok(timezone ?? 'UTC');
    return {
      status: 'warning',
      code: 'time_zone_unknown',
      summary: problem,
      fix: 'Times and quiet hours are read as UTC. Correct the time zone in Gladly.',
    };
  },
};

export const policyCheck: Check<Asking> = {
  id: 'gladly.policy',
  about: 'the agents, inboxes, topics, and customers that the policy names exist',
  matters: 'An entry that matches nothing excludes nobody.',
  needs: ['config.files', 'gladly.token'],
  isRemote: true,
  async run(sources) {
    const sentences = await policySentences(sources);
    if (sentences.length === 0) return ok('every entry matches something');
    return {
      status: 'warning',
      code: 'policy_names_nothing',
      summary: sentences.join('; '),
      fix: 'gcsat configure show',
    };
  },
};

/** Leaves out opt-out topics if none exists, and brands: both have checks of their own. */
export async function policySentences({ settings, directory }: Asking): Promise<string[]> {
  const { policy } = settings();
  const topicNames = policy.optOutTopics.length === 0 ? [] : await topicNamesOf(directory).catch(unknown);
  const hasTopic = hasOptOutTopic(topicNames, policy.optOutTopics);
  return policyWarnings(
    { directory },
    { policy: hasTopic ? policy : { ...policy, optOutTopics: [] }, brands: [] },
  );
}

/** If the topics cannot be read, their own check says why. */
function unknown(error: unknown): string[] {
  if (error instanceof Failure) return [];
  throw error;
}

/** Includes disabled topics. */
async function topicNamesOf(directory: Pick<Directory, 'topics'>): Promise<string[]> {
  return [...(await directory.topics()).values()].flatMap(({ name }) => name ?? []);
}
