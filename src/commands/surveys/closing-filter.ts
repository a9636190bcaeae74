import type { ListedState } from '../../documents/surveys.ts';
import { Failure } from '../../failure.ts';
import type { Services } from '../../workflow/context/services.ts';
import type { SurveyFilter } from '../../workflow/operator/surveys.ts';
import { timezoneOption } from '../program/common-options.ts';
import type { CommandContext } from '../program/context.ts';
import type { OptionDeclaration } from '../program/declaration.ts';

export interface FilterOptions {
  /** One or more states, separated by commas. */
  state?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  timezone?: string | undefined;
}

/** @param states that make sense for the command */
export function filterOptions(states: string): readonly OptionDeclaration[] {
  return [
    { flags: '--state <states>', description: `only these, separated by commas: ${states}` },
    { flags: '--since <time>', description: 'closed since then, e.g. 2026-11-01 or 7d' },
    { flags: '--until <time>', description: 'closed before then; a date means the end of that day' },
    timezoneOption,
  ];
}

export function isFiltered({ state, since, until }: FilterOptions): boolean {
  return state !== undefined || since !== undefined || until !== undefined;
}

/**
 * Which closings are meant. Mistakes are found before the ledger is opened.
 *
 * @param known the states that the command accepts
 * @returns the filter, once the ledger can say which zone the organization has
 * @throws Failure kind usage
 */
export async function filterOf(
  { output, clock }: CommandContext,
  { state, since, until, timezone }: FilterOptions,
  known: readonly ListedState[],
): Promise<(ledger: Services['ledger']) => Promise<SurveyFilter>> {
  const { parseTimeRange, refuseBadTimeRange } = await import('../program/time-range.ts');
  const { zoneOf } = await import('../program/ledger-zone.ts');
  const states = state === undefined ? {} : { states: statesOf(state, known) };
  const given = { since: since ?? beginning, until };
  const texts = [since, until].filter((text) => text !== undefined);
  if (texts.length > 0) refuseBadTimeRange(given, clock(), timezone);
  else if (timezone !== undefined) {
    throw new Failure(
      'usage',
      'bad_usage',
      '--timezone is the zone of --since and --until, which are missing',
      {
        hint: 'Give e.g. --since 2026-11-01 --timezone America/Chicago.',
      },
    );
  }
  return async (ledger) => {
    if (texts.length === 0) return states;
    const range = parseTimeRange(given, clock(), timezone ?? (await zoneOf(ledger, texts, output)));
    return {
      ...states,
      ...(since === undefined ? {} : { since: range.since }),
      ...(until === undefined ? {} : { until: range.until }),
    };
  };
}

/** Of a range that only has an end. */
const beginning = '1970-01-01T00:00:00Z';

function statesOf(given: string, known: readonly ListedState[]): ListedState[] {
  return given.split(',').map((text) => {
    const state = known.find((one) => one === text.trim());
    if (state !== undefined) return state;
    throw new Failure('usage', 'state_unknown', `there is no state '${text.trim()}'`, {
      hint: `Use ${known.join(', ')}.`,
    });
  });
}
