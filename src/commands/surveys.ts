import { listedStates, type SurveyEntry } from '../documents/surveys.ts';
import { timeNow } from '../domain/values/instant.ts';
import { needsTimeZone } from '../domain/values/time-range.ts';
import { Failure } from '../failure.ts';
import { surveysView, surveyStoryView } from '../terminal/surveys-view.ts';
import { readyToDeliver } from '../workflow/survey/decide.ts';
import {
  cancelSurvey,
  confirmSurvey,
  listSurveys,
  retrySurvey,
  showSurvey,
} from '../workflow/operator/surveys.ts';
import { previewConversation } from '../workflow/survey/preview.ts';
import { withDryRun } from '../workflow/context/dry-run.ts';
import type { Services } from '../workflow/context/services.ts';
import { surveyConversation } from '../workflow/survey/survey-closing.ts';
import type { CommandContext } from './context.ts';
import { workOnConversations } from './conversation-results.ts';
import { parseTimeRange, refuseBadTimeRange, timeZoneFor } from './time-range-flags.ts';
import { keepNoSigningKey, withServices } from './with-services.ts';

export interface SurveysListOptions {
  /** One or more states, separated by commas. */
  state?: string | undefined;
  /** As `--since` of a backfill. */
  since?: string | undefined;
  /** IANA name, as `--timezone` of a backfill. */
  timezone?: string | undefined;
  limit?: string | undefined;
}

/** `gcsat surveys list`: what the ledger knows, the newest closing first. */
export async function runSurveysList(context: CommandContext, options: SurveysListOptions): Promise<void> {
  const given = { ...statesOf(options.state), ...limitOf(options.limit) };
  const { since, timezone } = options;
  if (since !== undefined) refuseBadTimeRange({ since }, context.clock(), timezone);
  else if (timezone !== undefined) {
    throw new Failure('usage', 'bad_usage', '--timezone is that of --since, which is missing', {
      hint: 'e.g. --since 2026-11-01 --timezone America/Chicago',
    });
  }
  await withServices(context, 'interactive', async (services) => {
    const { output } = context;
    const { ledger } = services;
    const filter = { ...given, ...(await sinceOf(context, services, options)) };
    const entries: SurveyEntry[] = [];
    for await (const entry of listSurveys(ledger, filter, timeNow(context.clock))) {
      if (output.jsonl) output.line(entry, () => '');
      else entries.push(entry);
    }
    if (!output.jsonl) output.result(entries, () => surveysView(entries, output));
  });
}

/** `gcsat surveys show ID`: the whole story of one closing. */
export async function runSurveysShow(context: CommandContext, id: string): Promise<void> {
  refuseEmpty(id);
  await withServices(context, 'interactive', async ({ ledger }) => {
    const told = await showSurvey(ledger, id, timeNow(context.clock));
    context.output.result(told, () => surveyStoryView(told, context.output));
  });
}

export interface SurveysRetryOptions {
  /** The message of an uncertain survey did arrive. */
  wasSent?: boolean | undefined;
  dryRun?: boolean | undefined;
}

/** `gcsat surveys retry ID`: a person has a failed or uncertain survey sent, or settles it as sent. */
export async function runSurveysRetry(
  context: CommandContext,
  id: string,
  { wasSent, dryRun = false }: SurveysRetryOptions,
): Promise<void> {
  refuseEmpty(id);
  if (dryRun) await keepNoSigningKey(context);
  await withServices(context, 'interactive', async (services) => {
    await withDryRun(services, dryRun, async (own) => {
      if (wasSent === true) return settle(context, own, id, dryRun);
      const { id: closingId, conversationId } = await retrySurvey(own.ledger, id, timeNow(context.clock));
      const request = { conversationId, closingId };
      return workOnConversations(context, own, [conversationId], async (_id, steps) => {
        if (!dryRun) return surveyConversation(own, request, steps);
        // The delivery itself, whose settings may be wrong, and not that of the dryRunServices.
        await readyToDeliver(services);
        return previewConversation(own, request, steps);
      });
    });
  });
}

async function settle(
  { clock, output }: CommandContext,
  { ledger }: Services,
  id: string,
  dryRun: boolean,
): Promise<void> {
  const now = timeNow(clock);
  const { id: closingId } = await confirmSurvey(ledger, id, now);
  const told = { ...(await showSurvey(ledger, closingId, now)), dryRun };
  output.result(told, () => surveyStoryView(told, output) + dryRunNote(dryRun));
}

/** `gcsat surveys cancel ID`: a survey that has not left never will. */
export async function runSurveysCancel(context: CommandContext, id: string, dryRun: boolean): Promise<void> {
  const { clock, output } = context;
  refuseEmpty(id);
  await withServices(context, 'interactive', (services) =>
    withDryRun(services, dryRun, async ({ ledger }) => {
      const entry = { ...(await cancelSurvey(ledger, id, timeNow(clock))), dryRun };
      output.result(entry, () => surveysView([entry], output) + dryRunNote(dryRun));
    }),
  );
}

/** What is shown is as it would be. */
function dryRunNote(dryRun: boolean): string {
  return dryRun ? '\n\nA dry run: so it would be, and nothing was written.' : '';
}

/** As from a variable that is not set. */
function refuseEmpty(id: string): void {
  if (id.trim() !== '') return;
  throw new Failure('usage', 'empty_id', 'the id is empty', {
    hint: 'give that of a survey, a closing or a conversation; `gcsat surveys list` shows them',
  });
}

function statesOf(given: string | undefined): { states?: SurveyEntry['state'][] } {
  if (given === undefined) return {};
  const states = given.split(',').map((text) => {
    const state = listedStates.find((one) => one === text.trim());
    if (state !== undefined) return state;
    throw new Failure('usage', 'state_unknown', `there is no state '${text.trim()}'`, {
      hint: `use ${listedStates.join(', ')}`,
    });
  });
  return { states };
}

async function sinceOf(
  { output }: CommandContext,
  services: Services,
  { since, timezone }: SurveysListOptions,
): Promise<{ since?: string }> {
  if (since === undefined) return {};
  // A list needs no Gladly where no clock of its zone is asked for.
  const askFor = async (): Promise<string> =>
    needsTimeZone({ since }) ? timeZoneFor({ since }, services, output) : 'UTC';
  const timeZone = timezone ?? (await askFor());
  return { since: parseTimeRange({ since }, services.clock(), timeZone).since };
}

function limitOf(given: string | undefined): { limit?: number } {
  if (given === undefined) return {};
  if (/^[1-9]\d{0,8}$/.test(given)) return { limit: Number(given) };
  throw new Failure('usage', 'limit_invalid', `--limit must be a positive whole number, not '${given}'`, {
    hint: 'e.g. --limit 50',
  });
}
