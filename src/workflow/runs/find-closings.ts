import { timeNow } from '../../domain/values/instant.ts';
import type { TimeRange } from '../../domain/values/time-range.ts';
import { Failure, stopsTheRun } from '../../failure.ts';
import type { SourceName } from '../../ports/closing-source.ts';
import { eventSource } from '../../sources/events.ts';
import { exportArchive, type ExportArchive } from '../../sources/export-archive.ts';
import { exportSource } from '../../sources/export.ts';
import { chooseSources, fallbacks, type Cover, type Fallback } from '../../sources/planner.ts';
import { reportSource } from '../../sources/report.ts';
import type { ClosingReport } from '../../domain/closing/closing.ts';
import { recordClosings } from '../../store/closings/closing-reports.ts';
import { recordReopening } from '../../store/closings/reopenings.ts';
import type { Services } from '../context/services.ts';
import { elsewhere, joined, missingSentence, type MissingPart } from './missing-parts.ts';

export type SourceChoice = 'auto' | SourceName;

export interface Enumeration {
  sources: SourceName[];
  /** Sentences for people: which sources were used, and why; and the warnings. */
  explanation: string[];
  /** Sentences for people: what arrived but could not be used. */
  warnings: string[];
  /** Reports of closings in the range; a closing that is reported twice counts twice. */
  seen: number;
  /** Closings that the ledger did not know. */
  fresh: number;
  /** Closings that were suppressed by what was found, such as a later reopening. */
  suppressed: number;
  /** Parts of the range that no source covered, in order of time: closings may be missing there. */
  missing: MissingPart[];
}

/** How a range is searched. */
export interface SourcePlan {
  covers: Cover[];
  /** Sentences for people. */
  explanation: string[];
  /** The sources to try in turn for a part that its own source did not cover. */
  fallbacksFor: (part: MissingPart) => Fallback[];
}

const isUnreached = ({ code }: Failure): boolean => code === 'timeout' || code === 'network';

/**
 * Few enough that a kill loses little and memory stays small (500 need 20 to 50 MB more), many enough that one disk
 * write serves many.
 */
const batchSize = 100;

/**
 * How a range would be covered, before anything is requested.
 *
 * @param archive collects what export files hold besides closings
 */
export function planSources(
  services: Services,
  range: TimeRange,
  choice: SourceChoice,
  archive: ExportArchive = exportArchive({ keepsItems: false }),
): SourcePlan {
  const { client, clock } = services;
  const sources = { events: eventSource(client, clock), report: reportSource(client) };
  const chosen = chooseSources(range, choice, clock(), { ...sources, export: exportSource(client, archive) });
  // Several parts may be missing, but the list of jobs is the same for all.
  let jobs: ReturnType<typeof client.getExportJobs> | undefined;
  const oneList = { ...client, getExportJobs: () => (jobs ??= client.getExportJobs()) };
  const files = exportSource(oneList, exportArchive({ keepsItems: false }), { standsIn: true });
  return {
    ...chosen,
    fallbacksFor: ({ source, failure }) => {
      // If Gladly cannot be reached for its events, do not wait for it to make a report, which may take ten minutes.
      if (choice !== 'auto' || (source === 'events' && isUnreached(failure))) return [];
      return fallbacks(source, clock(), { ...sources, export: files });
    },
  };
}

/**
 * Writes every closing of a range into the ledger as a row of the queue. Closings that the ledger already knows are
 * adopted, so overlapping ranges, sources and runs lead to one row for each closing. For a part of the range that a
 * source cannot cover, the stand-ins are tried as far as they reach; such a part does not keep the rest from being
 * found.
 *
 * @throws Failure that everything would meet
 */
export async function enumerateClosings(
  services: Services,
  { covers, explanation, fallbacksFor }: SourcePlan,
  onFound: (seen: number) => void,
): Promise<Enumeration> {
  const enumeration: Enumeration = {
    sources: [...new Set(covers.map(({ source }) => source.name))],
    explanation,
    warnings: [],
    seen: 0,
    fresh: 0,
    suppressed: 0,
    missing: [],
  };
  const withoutId = { closing: 0, reopening: 0 };
  const read = (cover: Cover): Promise<MissingPart[]> =>
    readCover(services, cover, { enumeration, withoutId, onFound });
  // Newest first: events pass out of reach while the report is read, which may take hours.
  for (const cover of covers.toReversed()) {
    for (const part of await read(cover)) {
      enumeration.missing.push(...(await elsewhere(part, fallbacksFor(part), read)));
    }
  }
  enumeration.missing = joined(enumeration.missing);
  const warnings = [
    ...enumeration.warnings,
    ...leftOut(withoutId.closing, 'closing'),
    ...leftOut(withoutId.reopening, 'reopening'),
  ];
  const missing = enumeration.missing.map(missingSentence);
  return { ...enumeration, explanation: [...explanation, ...warnings, ...missing], warnings };
}

interface Progress {
  enumeration: Enumeration;
  withoutId: { closing: number; reopening: number };
  onFound: (seen: number) => void;
}

/** Reads one cover as far as possible. @returns the parts that its source did not give */
async function readCover(
  services: Services,
  cover: Cover,
  { enumeration, withoutId, onFound }: Progress,
): Promise<MissingPart[]> {
  const { source, range } = cover;
  const missing: MissingPart[] = [];
  const unusable = { closing: 0, reopening: 0 };
  let usable = 0;
  let batch: ClosingReport[] = [];
  const write = async (): Promise<void> => {
    const recorded = await recordClosings(services.ledger, batch);
    enumeration.seen += recorded.length;
    const fresh = recorded.filter(({ isNew }) => isNew);
    enumeration.fresh += fresh.length;
    enumeration.suppressed += fresh.filter(({ state }) => state === 'suppressed').length;
    batch = [];
    onFound(enumeration.seen);
  };
  try {
    for await (const found of source.find(range, services.signal)) {
      if ('warning' in found) enumeration.warnings.push(found.warning);
      else if ('missing' in found)
        missing.push({ source: source.name, range: found.missing, failure: found.failure });
      else if ('withoutId' in found) unusable[found.withoutId] += 1;
      else if ('closing' in found) {
        usable += 1;
        batch.push({ ...found.closing, seenAt: timeNow(services.clock), lane: services.lane });
        if (batch.length >= batchSize) await write();
      } else {
        const { conversationId } = found.reopening;
        // A reopening applies to the closings before it, so write those first.
        if (batch.some((report) => report.conversationId === conversationId)) await write();
        enumeration.suppressed += (await recordReopening(services.ledger, found.reopening)).suppressed;
      }
    }
  } catch (error) {
    if (!(error instanceof Failure) || stopsTheRun(error)) throw error;
    missing.splice(0, missing.length, { source: source.name, range, failure: error });
  }
  if (batch.length > 0) await write();
  withoutId.closing += unusable.closing;
  withoutId.reopening += unusable.reopening;
  if (unusable.closing === 0 || usable > 0) return missing;
  return [{ source: source.name, range, failure: closingsUnreadable(cover) }];
}

function leftOut(count: number, what: 'closing' | 'reopening'): string[] {
  if (count === 0) return [];
  const many = count > 1;
  return [
    `${count} ${what}${many ? 's' : ''} arrived without a conversation id and ${many ? 'are' : 'is'} left out`,
  ];
}

function closingsUnreadable({ source, range }: Cover): Failure {
  const fromReport = `\`gcsat backfill --since ${range.since} --source report\` for closings more than about an hour old`;
  const fromEvents = '`gcsat backfill --since 23h --source events` for those of the last 24 hours';
  const [where, otherwise] = {
    events: ['the events list', fromReport],
    report: ['the conversation timestamps report lists', fromEvents],
    export: ['the export files list', fromReport],
  }[source.name];
  return new Failure(
    'contract',
    'closings_unreadable',
    `None of the closings that ${where} from ${range.since} until ${range.until} has a conversation id`,
    {
      hint: `Gladly may have changed how it writes them: update gcsat, and report this. Until then, use ${otherwise}.`,
    },
  );
}
