import { accessSync, constants, createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { BackfillDocument } from '../documents/backfill.ts';
import { Failure } from '../failure.ts';
import { backfillView } from '../terminal/backfill-view.ts';
import { backfill, type BackfillTarget } from '../workflow/runs/backfill.ts';
import type { SourceChoice } from '../workflow/runs/find-closings.ts';
import type { Services } from '../workflow/context/services.ts';
import type { CommandContext } from './context.ts';
import { checkFailures, longRun, warnOfUncertain } from './long-run.ts';
import { runLimits, type RunLimitOptions } from './run-limits.ts';
import { parseTimeRange, refuseBadTimeRange, timeZoneFor } from './time-range-flags.ts';
import { keepNoSigningKey, warnOfPlaceholderLinks, withServices } from './with-services.ts';

export interface BackfillOptions extends RunLimitOptions {
  since?: string | undefined;
  until?: string | undefined;
  timezone?: string | undefined;
  source?: string | undefined;
  conversations?: string | undefined;
  yes?: boolean | undefined;
  dryRun?: boolean | undefined;
}

/** `gcsat backfill`: replay for every closing of a range, or of named conversations. */
export async function runBackfill(context: CommandContext, options: BackfillOptions): Promise<void> {
  checkTarget(options, context);
  const limits = runLimits(options, context.clock());
  const dryRun = options.dryRun === true;
  await warnOfPlaceholderLinks(context);
  if (dryRun) await keepNoSigningKey(context);
  await withServices(context, 'background', async (services) => {
    const target = await targetOf(context, services, options);
    const { confirmSends } = services.settings.policy;
    const asks = context.interactive && options.yes !== true && !dryRun && limits.maxSends === null;
    const run = longRun(context, { above: asks ? confirmSends : null });
    if ('range' in target) {
      context.output.info(`closings from ${target.range.since} until ${target.range.until}`);
    }
    const { document, failure } = await backfill(services, { target, limits, dryRun }, run.listener).finally(
      () => run.end(),
    );
    context.output.result(document, () => backfillView(document, context.output));
    warnOfUncertain(context, document);
    warnOfPending(context, document);
    if (failure !== null) throw failure;
    checkFailures(document, run.unread());
  });
}

/** The queue is empty, and yet not everything has its verdict. */
function warnOfPending({ output }: CommandContext, { end, outcomes }: BackfillDocument): void {
  const { pending } = outcomes;
  if (end !== 'done' || pending === 0) return;
  const why =
    'Gladly may still show a conversation open right after its closing, or another process has it; ' +
    '`gcsat sync`, `gcsat serve` or the same backfill again goes on with it';
  output.warn(`${pending} ${pending === 1 ? 'closing is' : 'closings are'} still to be decided: ${why}`);
}

/** What can be wrong is found before anything is opened. */
function checkTarget(
  { since, until, timezone, source, conversations }: BackfillOptions,
  { clock, flags }: CommandContext,
): void {
  if (conversations !== undefined) {
    if (conversations === '-' && flags.tokenStdin === true) {
      throw usage(
        '--conversations - and --token-stdin both read stdin',
        'give the token by GCSAT_TOKEN or GCSAT_TOKEN_FILE, or the ids by a file',
      );
    }
    if (conversations !== '-' && !isReadable(conversations)) {
      throw usage(
        `the file ${conversations} cannot be read`,
        'give --conversations a text file with one id a line',
      );
    }
    if (since === undefined && until === undefined && (source ?? 'conversations') === 'conversations') return;
    throw usage('--conversations names what to work on', 'leave --since, --until and --source out');
  }
  if (source === 'conversations') {
    throw usage('--source conversations needs ids', 'give --conversations FILE, or - for stdin');
  }
  if (since === undefined) throw usage('--since is missing', 'e.g. --since 7d, or --since 2026-11-01');
  refuseBadTimeRange({ since, until }, clock(), timezone);
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

async function targetOf(
  { output }: CommandContext,
  services: Services,
  options: BackfillOptions,
): Promise<BackfillTarget> {
  const { since = '', until, source, conversations } = options;
  if (conversations !== undefined) return { conversationIds: readIds(conversations) };
  const timezone = options.timezone ?? (await timeZoneFor({ since, until }, services, output));
  return {
    range: parseTimeRange({ since, until }, services.clock(), timezone),
    timezone,
    source: (source ?? 'auto') as SourceChoice,
    failed: 'now',
  };
}

/** One id a line; empty lines and lines that begin with # are passed over. */
async function* readIds(file: string): AsyncGenerator<string> {
  const input = file === '-' ? process.stdin : createReadStream(file, 'utf8');
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const id = line.replace(/^\uFEFF/, '').trim();
      if (id !== '' && !id.startsWith('#')) yield id;
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure('usage', 'ids_unreadable', `the ids in ${file} cannot be read: ${reason}`, {
      hint: 'give --conversations a text file with one id a line',
      cause: error,
    });
  }
}

function usage(message: string, hint: string): Failure {
  return new Failure('usage', 'bad_usage', message, { hint });
}
