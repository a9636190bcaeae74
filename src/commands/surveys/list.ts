import { needsTimeZone } from '../../domain/values/time-range.ts';
import { Failure } from '../../failure.ts';
import type { Services } from '../../workflow/context/services.ts';
import type { SurveyEntry } from '../../documents/surveys.ts';
import { timezoneOption } from '../program/common-options.ts';
import type { CommandContext } from '../program/context.ts';
import type { CommandDeclaration } from '../program/declaration.ts';
import { wholeNumber } from '../program/whole-number.ts';

interface ListOptions {
  /** One or more states, separated by commas. */
  state?: string | undefined;
  since?: string | undefined;
  timezone?: string | undefined;
  limit?: string | undefined;
}

export const listCommand: CommandDeclaration = {
  name: 'list',
  isDefault: true,
  summary: 'list closings and their surveys, newest first',
  options: [
    {
      flags: '--state <states>',
      description:
        'only these, separated by commas: pending, scheduled, sent, uncertain, suppressed, failed, answered',
    },
    { flags: '--since <time>', description: 'closed since then, e.g. 2026-11-01 or 7d' },
    timezoneOption,
    { flags: '--limit <number>', description: 'at most this many' },
  ],
  examples: ['gcsat surveys list --state uncertain', 'gcsat surveys list --since 2026-11-01 --jsonl'],
  async run(context, { options }) {
    const { surveysView } = await import('../../terminal/surveys-view.ts');
    const { listedStates } = await import('../../documents/surveys.ts');
    const { listSurveys } = await import('../../workflow/operator/surveys.ts');
    const { refuseBadTimeRange } = await import('../program/time-range.ts');
    const { output, clock, now, withServices } = context;
    const { state, since, timezone, limit }: ListOptions = options;
    const filter = {
      ...(state === undefined ? {} : { states: statesOf(state, listedStates) }),
      ...(limit === undefined
        ? {}
        : { limit: wholeNumber('--limit', limit, { code: 'limit_invalid', least: 1 }) }),
    };
    if (since !== undefined) refuseBadTimeRange({ since }, clock(), timezone);
    else if (timezone !== undefined) {
      throw new Failure('usage', 'bad_usage', '--timezone is the zone of --since, which is missing', {
        hint: 'Give e.g. --since 2026-11-01 --timezone America/Chicago.',
      });
    }
    await withServices('interactive', async (services) => {
      const range = since === undefined ? {} : { since: await startOf(context, services, since, timezone) };
      const entries: SurveyEntry[] = [];
      for await (const entry of listSurveys(services.ledger, { ...filter, ...range }, now())) {
        if (output.jsonl) output.line(entry);
        else entries.push(entry);
      }
      if (!output.jsonl) output.result(entries, () => surveysView(entries, output));
    });
  },
};

function statesOf<State extends string>(given: string, known: readonly State[]): State[] {
  return given.split(',').map((text) => {
    const state = known.find((one) => one === text.trim());
    if (state !== undefined) return state;
    throw new Failure('usage', 'state_unknown', `there is no state '${text.trim()}'`, {
      hint: `Use ${known.join(', ')}.`,
    });
  });
}

/** Asks Gladly for its zone only if the time depends on it. */
async function startOf(
  { output, clock }: CommandContext,
  services: Services,
  since: string,
  timezone: string | undefined,
): Promise<string> {
  const { parseTimeRange, timeZoneFor } = await import('../program/time-range.ts');
  const usualZone = async (): Promise<string> =>
    needsTimeZone({ since }) ? timeZoneFor({ since }, services, output) : 'UTC';
  return parseTimeRange({ since }, clock(), timezone ?? (await usualZone())).since;
}
