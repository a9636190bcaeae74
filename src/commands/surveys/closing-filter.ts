import type { ListedState } from '../../documents/surveys.ts';
import type { TimeRange } from '../../domain/values/time-range.ts';
import { reminderStates } from '../../domain/closing/reminder-state.ts';
import type { Policy } from '../../domain/eligibility/policy.ts';
import { Failure } from '../../failure.ts';
import type { Services } from '../../workflow/context/services.ts';
import type { SurveyFilter } from '../../workflow/operator/surveys.ts';
import { beginningOfTime, timezoneOption } from '../program/common-options.ts';
import type { CommandContext } from '../program/context.ts';
import type { OptionDeclaration } from '../program/declaration.ts';
import { answerFilterOf, type AnswerFilterOptions } from './answer-filter.ts';

export interface FilterOptions extends AnswerFilterOptions {
  /** One or more states, separated by commas. */
  state?: string | undefined;
  agent?: string[] | undefined;
  inbox?: string[] | undefined;
  topic?: string[] | undefined;
  channel?: string[] | undefined;
  brand?: string[] | undefined;
  /** One or more states of reminders, separated by commas. */
  reminder?: string | undefined;
  customer?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  sentSince?: string | undefined;
  sentUntil?: string | undefined;
  timezone?: string | undefined;
}

/** @param states the states that make sense for the command */
export function filterOptions(states: readonly ListedState[]): readonly OptionDeclaration[] {
  return [
    {
      flags: '--state <states>',
      description: `only these, separated by commas: ${states.join(', ')}`,
      suggestions: states,
    },
    { flags: '--agent <name...>', description: 'only these: id, name or email of who gets the rating' },
    { flags: '--inbox <name...>', description: 'only these: id or name' },
    { flags: '--topic <name...>', description: 'only with one of these: id or name' },
    { flags: '--channel <name...>', description: 'only these channels of the last response, e.g. email' },
    { flags: '--brand <name...>', description: 'only these brands', suggestions: 'brands' },
    {
      flags: '--reminder <states>',
      description: `only with a reminder in one of these states: ${reminderStates.join(', ')}`,
      suggestions: reminderStates,
    },
    { flags: '--customer <id>', description: 'only for this customer: id, email address or phone number' },
    { flags: '--since <time>', description: 'closed since then, e.g. 2026-11-01 or 7d' },
    { flags: '--until <time>', description: 'closed before then; a date means the end of that day' },
    { flags: '--sent-since <time>', description: 'asked since then: the message left, or may have left' },
    { flags: '--sent-until <time>', description: 'asked before then; a date means the end of that day' },
    timezoneOption,
  ];
}

export function isFiltered(options: FilterOptions): boolean {
  const names = [
    'state',
    'agent',
    'inbox',
    'topic',
    'channel',
    'brand',
    'reminder',
    'customer',
    'since',
    'until',
    'sentSince',
    'sentUntil',
  ] as const;
  return names.some((name) => options[name] !== undefined);
}

/** What a filter needs of an open ledger. */
export interface OpenedLedger {
  readonly ledger: Services['ledger'];
  readonly policy: Policy;
}

/**
 * Which closings the options select. Mistakes that show without the ledger are reported before it is opened.
 *
 * @param known the states that the command accepts
 * @returns the filter, once the ledger can say which zone the organization has and what the names in the filter mean
 * @throws Failure kind usage
 */
export async function filterOf(
  { output, clock }: CommandContext,
  options: FilterOptions,
  known: readonly ListedState[],
): Promise<(opened: OpenedLedger) => Promise<SurveyFilter>> {
  const { parseTimeRange, refuseBadTimeRange } = await import('../program/time-range.ts');
  const { listZoneOf } = await import('../program/ledger-zone.ts');
  const { showTimesIn } = await import('../../terminal/readable-times.ts');
  const { state, reminder, since, until, sentSince, sentUntil, timezone, customer } = options;
  const { answeredSince, answeredUntil } = options;
  const states = {
    ...(state === undefined ? {} : { states: statesOf(state, known) }),
    ...(reminder === undefined ? {} : { reminders: statesOf(reminder, reminderStates) }),
  };
  const given = { since: since ?? beginningOfTime, until };
  const sent = { since: sentSince ?? beginningOfTime, until: sentUntil };
  const isSent = sentSince !== undefined || sentUntil !== undefined;
  const answered = { since: answeredSince ?? beginningOfTime, until: answeredUntil };
  const isAnswered = answeredSince !== undefined || answeredUntil !== undefined;
  const texts = [since, until, sentSince, sentUntil, answeredSince, answeredUntil].filter(
    (text) => text !== undefined,
  );
  if (isSent) refuseBadTimeRange(sent, clock(), timezone);
  if (since !== undefined || until !== undefined) refuseBadTimeRange(given, clock(), timezone);
  if (isAnswered) refuseBadTimeRange(answered, clock(), timezone);
  if (texts.length === 0 && timezone !== undefined) {
    throw new Failure(
      'usage',
      'bad_usage',
      '--timezone has no effect without a time option such as --since or --until',
      {
        hint: 'Give e.g. --since 2026-11-01 --timezone America/Chicago.',
      },
    );
  }
  if (customer?.trim() === '') {
    throw new Failure('usage', 'empty_id', '--customer is empty', {
      hint: 'Give an id, an email address or a phone number.',
    });
  }
  const answers = answerFilterOf(options);
  return async ({ ledger, policy }) => {
    const zone = timezone ?? (texts.length === 0 ? 'UTC' : await listZoneOf(ledger, texts, output));
    // The list shows times in the zone of the days that were asked for.
    showTimesIn(zone);
    const range = parseTimeRange(given, clock(), zone);
    return {
      ...states,
      ...(await groupsOf(ledger, options)),
      ...answers(policy),
      ...(customer === undefined ? {} : { ids: await idsOf(ledger, customer) }),
      ...(since === undefined ? {} : { since: range.since }),
      ...(until === undefined ? {} : { until: range.until }),
      ...(isSent ? sentRange(parseTimeRange(sent, clock(), zone)) : {}),
      ...(isAnswered ? answeredRange(options, parseTimeRange(answered, clock(), zone)) : {}),
    };
  };
}

function sentRange({ since, until }: TimeRange): SurveyFilter {
  return { sentSince: since, sentUntil: until };
}

/** A missing end stays open: an answer may be newer than the moment at which the list begins. */
function answeredRange(
  { answeredSince, answeredUntil }: FilterOptions,
  { since, until }: TimeRange,
): SurveyFilter {
  return {
    ...(answeredSince === undefined ? {} : { answeredSince: since }),
    ...(answeredUntil === undefined ? {} : { answeredUntil: until }),
  };
}

/** @throws Failure kind usage for a name that the ledger does not know */
async function groupsOf(
  ledger: Services['ledger'],
  { agent = [], inbox = [], topic = [], channel = [], brand = [] }: FilterOptions,
): Promise<SurveyFilter> {
  const { filtersOf } = await import('../../workflow/scores/filters.ts');
  const found = await filtersOf(ledger, {
    agents: agent,
    inboxes: inbox,
    topics: topic,
    channels: channel,
    brands: brand,
  });
  const ids = (named: readonly { id: string }[]): string[] => named.map(({ id }) => id);
  return {
    ...(agent.length === 0 ? {} : { agentIds: ids(found.agents) }),
    ...(inbox.length === 0 ? {} : { inboxIds: ids(found.inboxes) }),
    ...(topic.length === 0 ? {} : { topicIds: ids(found.topics) }),
    ...(channel.length === 0 ? {} : { channels: found.channels }),
    ...(brand.length === 0 ? {} : { brands: found.brands }),
  };
}

async function idsOf(ledger: Services['ledger'], customer: string): Promise<string[]> {
  const { closingIdsOfCustomer } = await import('../../workflow/operator/surveys.ts');
  return closingIdsOfCustomer(ledger, customer);
}

function statesOf<State extends string>(given: string, known: readonly State[]): State[] {
  return given.split(',').map((text) => {
    const state = known.find((one) => one === text.trim());
    if (state !== undefined) return state;
    throw new Failure('usage', 'state_unknown', `there is no state '${text.trim()}'`, {
      hint: `Use ${known.join(', ')}.`,
    });
  });
}
