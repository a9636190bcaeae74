import { timeNow } from '../../domain/values/instant.ts';
import type { TimeRange } from '../../domain/values/time-range.ts';
import { Failure } from '../../failure.ts';
import { eventSource } from '../../sources/events.ts';
import { chooseSources, type Cover } from '../../sources/planner.ts';
import { reportSource } from '../../sources/report.ts';
import type { ClosingReport } from '../../domain/closing/closing.ts';
import { recordClosings } from '../../store/closings/closing-reports.ts';
import { recordReopening } from '../../store/closings/reopenings.ts';
import type { Services } from '../context/services.ts';

export type SourceChoice = 'auto' | 'events' | 'report';

export interface Enumeration {
  sources: ('events' | 'report')[];
  /** Sentences for people: what was asked, and why; and the warnings. */
  explanation: string[];
  /** Sentences for people: what was told and could not be used. */
  warnings: string[];
  /** Sightings of closings in the range; the same one seen twice counts twice. */
  seen: number;
  /** Closings that the ledger did not know. */
  fresh: number;
  /** Closings that are suppressed by what was found, as a reopening that followed them. */
  suppressed: number;
}

/** Few enough that a kill loses little, many enough that one disk write serves many. */
const batchSize = 500;

/** How a range would be covered, before anything is asked. */
export function planSources(
  services: Services,
  range: TimeRange,
  choice: SourceChoice,
): { covers: Cover[]; explanation: string[] } {
  const { client, clock } = services;
  const sources = { events: eventSource(client, clock), report: reportSource(client) };
  return chooseSources(range, choice, clock(), sources);
}

/**
 * Writes every closing of a range into the ledger as a row of the queue. What the ledger knows already is adopted, so
 * that overlapping ranges, sources and runs lead to one row for each closing.
 *
 * @throws Failure `closings_unreadable` when a source told closings and not one of them with its conversation. What the
 *   others told is written by then, but the range was not looked through.
 */
export async function enumerateClosings(
  services: Services,
  { covers, explanation }: ReturnType<typeof planSources>,
  onFound: (seen: number) => void,
): Promise<Enumeration> {
  const enumeration: Enumeration = {
    sources: [...new Set(covers.map(({ source }) => source.name))],
    explanation,
    warnings: [],
    seen: 0,
    fresh: 0,
    suppressed: 0,
  };
  const withoutId = { closing: 0, reopening: 0 };
  const unreadable: Cover[] = [];
  // The newest first: events pass out of reach while the report is read, which may take hours.
  for (const cover of covers.toReversed()) {
    const { source, range } = cover;
    const unusable = { closing: 0, reopening: 0 };
    let usable = 0;
    let batch: ClosingReport[] = [];
    const write = async (): Promise<void> => {
      const recorded = await recordClosings(services.ledger, batch);
      enumeration.seen += recorded.length;
      const fresh = recorded.filter(({ isNew }) => isNew);
      enumeration.fresh += fresh.length;
      enumeration.suppressed += fresh.filter(({ closing }) => closing.state === 'suppressed').length;
      batch = [];
      onFound(enumeration.seen);
    };
    for await (const found of source.find(range, services.signal)) {
      if ('withoutId' in found) {
        unusable[found.withoutId] += 1;
      } else if ('closing' in found) {
        usable += 1;
        batch.push({
          ...found.closing,
          seenAt: timeNow(services.clock),
          lane: services.lane,
        });
        if (batch.length >= batchSize) await write();
      } else {
        const { conversationId } = found.reopening;
        // A reopening means the closings before it, so these have to be written first.
        if (batch.some((report) => report.conversationId === conversationId)) await write();
        enumeration.suppressed += (await recordReopening(services.ledger, found.reopening)).suppressed;
      }
    }
    if (batch.length > 0) await write();
    withoutId.closing += unusable.closing;
    withoutId.reopening += unusable.reopening;
    if (unusable.closing > 0 && usable === 0) unreadable.push(cover);
  }
  const [first] = unreadable;
  if (first !== undefined) throw closingsUnreadable(first);
  const warnings = [leftOut(withoutId.closing, 'closing'), leftOut(withoutId.reopening, 'reopening')].flat();
  return { ...enumeration, explanation: [...explanation, ...warnings], warnings };
}

function leftOut(count: number, what: 'closing' | 'reopening'): string[] {
  if (count === 0) return [];
  const many = count > 1;
  return [
    `${count} ${what}${many ? 's were' : ' was'} told without a conversation id and ${many ? 'are' : 'is'} left out`,
  ];
}

function closingsUnreadable({ source, range }: Cover): Failure {
  const [where, otherwise] =
    source.name === 'events'
      ? ['the events tell', '`gcsat backfill --source report` does for what is older than about an hour']
      : [
          'the conversation timestamps report tells',
          '`gcsat backfill --source events` does for the last 24 hours',
        ];
  return new Failure(
    'contract',
    'closings_unreadable',
    `Not one of the closings that ${where} from ${range.since} until ${range.until} has a conversation id`,
    {
      hint: `Gladly may have changed how it tells them: update gcsat, and report this. Until then ${otherwise}.`,
    },
  );
}
