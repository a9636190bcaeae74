import type { BackfillDocument } from '../../documents/backfill.ts';
import { timeNow } from '../../domain/values/instant.ts';
import type { TimeRange } from '../../domain/values/time-range.ts';
import { sendingPause } from '../../store/closings/pause.ts';
import { countQueued } from '../../store/views/counts.ts';
import { endBackOffs } from '../../store/queue/waiting.ts';
import type { Failure } from '../../failure.ts';
import { readyToDeliver } from '../survey/decide.ts';
import { errorOf } from '../survey/describe.ts';
import { namedRunWarnings, policyWarnings } from '../survey/policy-warnings.ts';
import { countInPassing } from '../queue/count-unasked.ts';
import { queueOf } from '../queue/due-closings.ts';
import { enumerateClosings, planSources, type SourceChoice } from './find-closings.ts';
import { failureOfMissing, missingSentence, type MissingPart } from './missing-parts.ts';
import { beginExportRun, type ExportRun } from './export-run.ts';
import { namedConversations } from './named-conversations.ts';
import { fullHour } from '../context/hourly-cap.ts';
import { withDryRun } from '../context/dry-run.ts';
import type { Services } from '../context/services.ts';
import { beginPlan, dueNow, summarizeNamed, summarizeRange, type PlanInProgress } from './summary.ts';
import { workQueue, type QueueLimits, type FinishedWork } from '../queue/work-queue.ts';

/** All closings of a time range. */
export interface RangeTarget {
  range: TimeRange;
  timezone: string;
  source: SourceChoice;
  /** Whether failed closings wait for their next try or are tried now, because a person has fixed the cause. */
  failed: 'wait' | 'now';
}

/** Which closings to survey: those of a range, or the current closings of named conversations. */
export type BackfillTarget = RangeTarget | { conversationIds: AsyncIterable<string> };

export interface BackfillRequest {
  target: BackfillTarget;
  limits: QueueLimits;
  dryRun: boolean;
}

/** What a long run reports while it works. */
export interface BackfillListener {
  /** Called before anything is requested. */
  explain(sentences: readonly string[], range: BackfillDocument['range']): void;
  /** Tells what was found and could not be used; each sentence once. */
  warn(sentence: string): void;
  found(seen: number): void;
  /** Whether `ready` may return false. Then closings are counted before any of them goes into the queue. */
  asks: boolean;
  /**
   * Everything is found and nothing is sent yet.
   *
   * @param due the most closings that there are to work on
   * @returns false to stop here
   */
  ready(due: number): Promise<boolean>;
  finished(done: number): void;
  /** At the end: how many named conversations could not be read, so that their closings are unknown. */
  unread(count: number): void;
}

export interface BackfillResult {
  document: BackfillDocument;
  /** The failure that the run ends with: it stopped the work on the queue, or kept closings from being found. */
  failure: Failure | null;
  /** The failure that stopped the work on the queue; null if that ended by itself or at a limit. */
  stopped: Failure | null;
  /** Parts of the range that no source covered. */
  missing: readonly MissingPart[];
}

/**
 * Surveys every closing of the target: adds them to the ledger's queue and works on the queue until it is done. To
 * continue a run that ended early, run it again; the next process that works on the queue also continues it. A dry run
 * does the same on a copy of the ledger and sends nothing.
 *
 * @throws Failure that kept the work from starting: nothing was done
 */
export async function backfill(
  services: Services,
  request: BackfillRequest,
  listener: BackfillListener,
): Promise<BackfillResult> {
  await readyToDeliver(services);
  // Be certain which organization this is before writing anything.
  await services.organization();
  return withDryRun(services, request.dryRun, (own) => surveyClosings(own, request, listener));
}

/**
 * A backfill on the services' ledger, once the organization is certain.
 *
 * @param request.dryRun whether that ledger is the copy of a dry run
 */
export async function surveyClosings(
  services: Services,
  request: BackfillRequest,
  listener: BackfillListener,
): Promise<BackfillResult> {
  const began = services.clock();
  const plan = beginPlan(services);
  const exports = beginExportRun(services, request);
  const {
    failure: stopped,
    missing,
    ...part
  } = 'range' in request.target
    ? await runRange(exports, request.target, request.limits, listener, plan)
    : await runNamed(services, request.target.conversationIds, request.limits, listener, plan);
  const isOver = request.dryRun || part.end === 'declined' || stopped !== null;
  const counted = isOver ? null : await countInPassing(services, request.limits.deadline);
  const requests = structuredClone(services.client.counts);
  // A failure to find closings is reported only after work on those that were found.
  const failure = stopped ?? failureOfMissing(missing);
  const now = timeNow(services.clock);
  const { due: left, all: queued } = await countQueued(
    services.ledger,
    now,
    services.lane,
    services.settings.policy.maxPerHour,
  );
  // A limit that was reached with the last closing stopped nothing.
  const isDone = left === 0 && stopped === null && part.end !== 'declined' && part.range !== null;
  const document: BackfillDocument = {
    dryRun: request.dryRun,
    ...part,
    missing: missing.map(({ source, range, failure: { code, message } }) => ({
      ...range,
      source,
      error: { code, message },
    })),
    end: isDone ? 'done' : part.end,
    error: failure === null ? null : errorOf(failure, null),
    requests,
    left,
    queued,
    delivery: services.settings.delivery,
    pause: await sendingPause(services.ledger, now),
    fullHour: await fullHour(services),
    counted,
    plan: request.dryRun ? plan.end(requests.gladly + exports.spared()) : null,
    exports: exports.figures(),
    seconds: Math.round((services.clock() - began) / 100) / 10,
  };
  return { document, failure, stopped, missing };
}

type Rest = 'left' | 'queued' | 'delivery' | 'pause' | 'fullHour' | 'counted';

type Part = Omit<
  BackfillDocument,
  'dryRun' | 'error' | 'requests' | Rest | 'plan' | 'exports' | 'seconds' | 'missing'
> & {
  failure: Failure | null;
  missing: MissingPart[];
};

const nothing = { sent: 0, scheduled: 0, suppressed: 0, uncertain: 0, failed: 0 };

async function runRange(
  exports: ExportRun,
  { range, timezone, source, failed }: RangeTarget,
  limits: QueueLimits,
  listener: BackfillListener,
  plan: PlanInProgress,
): Promise<Part> {
  const { services } = exports;
  const { ledger, lane } = services;
  const planned = planSources(services, range, source).explanation;
  listener.explain([...planned, ...exports.explanation], { ...range, timezone });
  const warned = new Set<string>();
  // Planned anew each time: events may pass out of reach while a person takes time to answer.
  const find = async (where: Services): ReturnType<typeof enumerateClosings> => {
    const found = await enumerateClosings(where, planSources(where, range, source, exports.begin()), (seen) =>
      listener.found(seen),
    );
    for (const sentence of [...found.warnings, ...found.missing.map(missingSentence)]) {
      if (!warned.has(sentence)) listener.warn(sentence);
      warned.add(sentence);
    }
    if (failed === 'now') await endBackOffs(where.ledger, range, lane, timeNow(where.clock));
    return found;
  };
  if (listener.asks) {
    const refused = await withDryRun(services, true, async (own) => {
      const { sources, explanation, missing } = await find(own);
      const due = await dueNow(own, limits);
      await warn(listener, due, () => policyWarnings(own, own.settings));
      if (await listener.ready(due)) return null;
      const summary = await summarizeRange(own.ledger, { lane, ...range });
      return { range: { ...range, timezone }, sources, explanation, missing, ...summary };
    });
    if (refused !== null) return { ...refused, thisRun: nothing, end: 'declined', failure: null };
  }
  const { sources, explanation, suppressed, missing } = await find(services);
  const due = listener.asks ? 0 : await dueNow(services, limits);
  if (!listener.asks) await listener.ready(due);
  const explained = [...explanation, ...exports.explanation];
  const found = { range: { ...range, timezone }, sources, explanation: explained, missing };
  const [{ end, failure, ...worked }] = await Promise.all([
    workQueue(services, queueOf(services), limits, counting(listener, plan, exports)),
    warn(listener, due, () => policyWarnings(services, services.settings)),
  ]);
  const thisRun = { ...worked, suppressed: suppressed + worked.suppressed };
  return { ...found, ...(await summarizeRange(ledger, { lane, ...range })), thisRun, end, failure };
}

async function runNamed(
  services: Services,
  ids: AsyncIterable<string>,
  limits: QueueLimits,
  listener: BackfillListener,
  plan: PlanInProgress,
): Promise<Part> {
  const explanation = ['The named conversations, each read once.'];
  listener.explain(explanation, null);
  const found = { range: null, sources: ['conversations'], explanation, missing: [] };
  const wanted = new Set<string>();
  for await (const id of ids) wanted.add(id);
  const named = namedConversations(services, wanted);
  const warnings = (): Promise<string[]> => namedRunWarnings(services);
  if (listener.asks) await warn(listener, wanted.size, warnings);
  if (!(await listener.ready(Math.min(wanted.size, limits.maxClosings ?? wanted.size)))) {
    const summary = await summarizeNamed(services.ledger, named);
    return { ...found, ...summary, thisRun: nothing, end: 'declined', failure: null };
  }
  const [{ end, failure, ...thisRun }] = await Promise.all([
    workQueue(services, named.next, limits, counting(listener, plan)),
    warn(listener, listener.asks ? 0 : wanted.size, warnings),
  ]);
  listener.unread(named.unread.length);
  return { ...found, ...(await summarizeNamed(services.ledger, named)), thisRun, end, failure };
}

/** Warns before a person is asked, else beside the first closings, which read the same lists. No closings, no reads. */
async function warn(
  listener: BackfillListener,
  closings: number,
  warnings: () => Promise<string[]>,
): Promise<void> {
  if (closings === 0) return;
  for (const sentence of await warnings()) listener.warn(sentence);
}

type OnFinished = (work: FinishedWork) => void;

function counting(listener: BackfillListener, plan: PlanInProgress, exports?: ExportRun): OnFinished {
  let done = 0;
  return (work) => {
    listener.finished((done += 1));
    if (work.row !== null) plan.add(work.row);
    exports?.finished(work);
  };
}
