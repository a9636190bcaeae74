import { objectOf, idOf } from '../domain/values/json.ts';
import type { TimeRange } from '../domain/values/time-range.ts';
import { Failure, stopsTheRun } from '../failure.ts';
import type { GladlyClient } from '../gladly/client.ts';
import type { ExportFileName } from '../gladly/resources/exports.ts';
import { readTime } from '../gladly/resources/fields.ts';
import type { ClosingSource, Found } from '../ports/closing-source.ts';
import type { ExportArchive } from './export-archive.ts';
import { jobsOfRange, type UsableJob } from './export-jobs.ts';
import { foundOf, isWithin } from './found.ts';

type ExportClient = Pick<GladlyClient, 'getExportJobs' | 'exportFile'>;

/**
 * The files of Gladly's export jobs of the last 14 days, which run up to a day behind. A part of the range that no job
 * has, or whose file cannot be read, is reported as missing; for a part after the last job there is only a warning.
 *
 * @param archive gets what else the files have: the customers and, if it keeps them, the conversations
 * @param options.standsIn for a source that should have had all of the range: then a part after the last job is missing
 *   too, and the customers are not needed
 */
export function exportSource(
  client: ExportClient,
  archive: ExportArchive,
  { standsIn = false }: { standsIn?: boolean } = {},
): ClosingSource {
  async function* find(range: TimeRange, signal?: AbortSignal): AsyncGenerator<Found, void, undefined> {
    const { jobs, gaps, until } = jobsOfRange(await client.getExportJobs(), range, archive.keepsItems);
    for (const gap of gaps) yield { missing: gap, failure: noFile(gap) };
    if (until === null) return;
    Object.assign(archive, { jobs, since: jobs[0]?.range.since ?? null, until });
    const seen: StatusChanges = { closed: new Set(), reopenings: [] };
    for (const job of jobs) yield* closingsOf(job, range, seen, signal);
    for (const found of seen.reopenings) if (seen.closed.has(found.reopening.conversationId)) yield found;
    // The newest job last, because a customer's newest addresses count.
    for (const job of jobs)
      if (job.files.has('customers.jsonl') && !standsIn) yield* customersOf(job, signal);
    if (archive.unreadable > 0) yield { warning: unreadableWarning(archive.unreadable) };
    if (until >= range.until) return;
    const late = { since: until > range.since ? until : range.since, until: range.until };
    if (standsIn) yield { missing: late, failure: noFile(late) };
    else yield { warning: lateWarning(until) };
  }

  async function* closingsOf(
    job: UsableJob,
    range: TimeRange,
    seen: StatusChanges,
    signal?: AbortSignal,
  ): AsyncGenerator<Found, void, undefined> {
    const before = archive.items;
    try {
      for await (const item of linesOf(job, 'conversation_items.jsonl', signal)) {
        archive.items += 1;
        const isKept = archive.addItem(item);
        const found = statusChange(item, range);
        if (found === 'unreadable' || !isKept) archive.unreadable += 1;
        if (found === 'unreadable') continue;
        if (found !== null && 'reopening' in found) seen.reopenings.push(found);
        else if (found !== null) {
          if ('closing' in found) seen.closed.add(found.closing.conversationId);
          yield found;
        }
      }
      if (archive.items === before) yield { warning: `The export file of items for ${daysOf(job)} is empty` };
    } catch (error) {
      if (!(error instanceof Failure) || stopsTheRun(error)) throw error;
      const missing = within(job.range, range);
      if (missing !== null) yield { missing, failure: fileUnread(job, error) };
      else yield { warning: fileUnread(job, error).message };
    }
  }

  async function* customersOf(job: UsableJob, signal?: AbortSignal): AsyncGenerator<Found, void, undefined> {
    try {
      for await (const customer of linesOf(job, 'customers.jsonl', signal)) archive.addCustomer(customer);
    } catch (error) {
      if (!(error instanceof Failure) || stopsTheRun(error)) throw error;
      yield { warning: `${fileUnread(job, error).message}; its customers are read one by one` };
    }
  }

  async function* linesOf(
    { id }: UsableJob,
    name: ExportFileName,
    signal?: AbortSignal,
  ): AsyncGenerator<Record<string, unknown>, void, undefined> {
    archive.files += 1;
    const leftOut = { lines: 0 };
    try {
      for await (const line of client.exportFile({ jobId: id, name }, leftOut)) {
        signal?.throwIfAborted();
        yield line;
      }
    } finally {
      archive.unreadable += leftOut.lines;
    }
  }

  return { name: 'export', find };
}

/** An opening is a reopening only if the conversation closed, and the files are in no certain order. */
interface StatusChanges {
  closed: Set<string>;
  reopenings: Extract<Found, { reopening: unknown }>[];
}

/** A closing or a reopening within the range; null for any other item. */
function statusChange(item: Record<string, unknown>, range: TimeRange): Found | 'unreadable' | null {
  const content = objectOf(item['content']);
  if (idOf(content['type']) !== 'CONVERSATION_STATUS_CHANGE') return null;
  const at = readTime(item['timestamp']);
  const status = idOf(content['status'])?.toUpperCase() ?? null;
  if (at === null || status === null) return 'unreadable';
  const isOpen = status === 'OPEN' || status === 'WAITING';
  if (!isWithin(range, at) || (status !== 'CLOSED' && !isOpen)) return null;
  const { conversationId, customerId, initiator } = item;
  return foundOf(isOpen ? 'reopening' : 'closing', { conversationId, customerId, at, initiator }, 'export');
}

function within(job: TimeRange, range: TimeRange): TimeRange | null {
  const since = job.since > range.since ? job.since : range.since;
  const until = job.until < range.until ? job.until : range.until;
  return since < until ? { since, until } : null;
}

function daysOf({ range }: UsableJob): string {
  return `${range.since} until ${range.until}`;
}

const otherwise = 'Run it again with `--source auto`, which reads the report and the events.';

function noFile({ since, until }: TimeRange): Failure {
  const message = `Gladly has no export file for ${since} until ${until}`;
  return new Failure('partial', 'export_missing', message, { hint: otherwise });
}

function fileUnread(job: UsableJob, error: Failure): Failure {
  const message = `An export file of ${daysOf(job)} could not be read: ${error.message}`;
  // A missing file does not mean that the conversation does not exist.
  const kind = error.kind === 'not_found' ? 'partial' : error.kind;
  return new Failure(kind, 'export_unread', message, { hint: otherwise, scope: error.scope, cause: error });
}

function unreadableWarning(lines: number): string {
  const [what, are] = lines === 1 ? ['line', 'is'] : ['lines', 'are'];
  return `${lines} ${what} of the export files could not be read and ${are} left out: closings may be among them`;
}

function lateWarning(until: string): string {
  return `Export files end at ${until}; \`gcsat backfill --since ${until}\` looks for later closings`;
}
