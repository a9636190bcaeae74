import { accessSync, constants, createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Failure } from '../failure.ts';
import type { Services } from '../workflow/context/services.ts';
import type { BackfillTarget } from '../workflow/runs/backfill.ts';
import type { SourceChoice } from '../workflow/runs/find-closings.ts';
import type { CommandContext } from './program/context.ts';
import { parseTimeRange, refuseBadTimeRange, timeZoneFor } from './program/time-range.ts';

interface TargetOptions {
  since?: string | undefined;
  until?: string | undefined;
  timezone?: string | undefined;
  source?: string | undefined;
  conversations?: string | undefined;
}

/** Finds usage mistakes before anything is opened. @throws Failure kind usage */
export function checkTarget(
  { since, until, timezone, source, conversations }: TargetOptions,
  { clock, flags }: CommandContext,
): void {
  if (conversations !== undefined) {
    if (conversations === '-' && flags.tokenStdin === true) {
      throw usage(
        '--conversations - and --token-stdin both read stdin',
        'Give the token in GCSAT_TOKEN or GCSAT_TOKEN_FILE, or the ids in a file.',
      );
    }
    if (conversations !== '-' && !isReadable(conversations)) {
      throw usage(`the file ${conversations} cannot be read`, idsHint);
    }
    if (since === undefined && until === undefined && (source ?? 'conversations') === 'conversations') return;
    throw usage('--conversations already says what to work on', 'Leave out --since, --until and --source.');
  }
  if (source === 'conversations') {
    throw usage('--source conversations needs ids', 'Give --conversations FILE, or - for stdin.');
  }
  if (since === undefined) throw usage('--since is missing', 'Give e.g. --since 7d, or --since 2026-11-01.');
  refuseBadTimeRange({ since, until }, clock(), timezone);
}

const idsHint = 'Give --conversations a text file with one id per line.';

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

export async function targetOf(
  { output }: CommandContext,
  services: Services,
  options: TargetOptions,
): Promise<BackfillTarget> {
  const { since = '', until, source = 'auto', conversations } = options;
  if (conversations !== undefined) return { conversationIds: readIds(conversations) };
  const timezone = await timeZoneFor({ since, until }, services, output, options.timezone);
  return {
    range: parseTimeRange({ since, until }, services.clock(), timezone),
    timezone,
    source: source as SourceChoice,
    failed: 'now',
  };
}

/** One id per line; skips empty lines and lines that begin with #. */
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
      hint: idsHint,
      cause: error,
    });
  }
}

function usage(message: string, hint: string): Failure {
  return new Failure('usage', 'bad_usage', message, { hint });
}
