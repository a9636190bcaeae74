import type { BackfillDocument } from '../domain/backfill-document.ts';
import type { TimeRange } from '../domain/time-range.ts';
import { scratchCopy } from '../ledger/scratch.ts';
import { countDue } from '../ledger/tallies.ts';
import { readyToDeliver } from './decide-and-deliver.ts';
import { enumerateClosings, planSources, type SourceChoice } from './find-closings.ts';
import { namedConversations } from './named-conversations.ts';
import { rehearsal } from './rehearsal.ts';
import type { Services } from './services.ts';
import { createSteps } from './steps.ts';
import { planOf, summarizeNamed, summarizeRange } from './summary.ts';
import { queueOf, workQueue, type QueueLimits } from './work-queue.ts';

/** Which closings: those of a range, or those that named conversations are in. */
export type BackfillTarget =
  { range: TimeRange; timezone: string; source: SourceChoice } | { conversationIds: AsyncIterable<string> };

export interface BackfillRequest {
  target: BackfillTarget;
  limits: QueueLimits;
  dryRun: boolean;
}

/** What a long run tells while it works. */
export interface BackfillListener {
  /** Before anything is asked. */
  explain(sentences: readonly string[]): void;
  found(seen: number): void;
  /**
   * Everything is found and nothing is sent yet.
   *
   * @param due how many closings there are to work on; null where that is not known before.
   * @returns false to stop here: what was found stays in the queue.
   */
  ready(due: number | null): Promise<boolean>;
  settled(done: number): void;
}

/**
 * Surveys every closing of a range: finds them into the ledger's queue and works on the queue until it is done. A run
 * that ended early is continued by running it again, or by whoever works on the queue next. A dry run does the same on
 * a copy of the ledger and sends nothing.
 *
 * @throws Failure that stopped the run
 */
export async function backfill(
  services: Services,
  request: BackfillRequest,
  listener: BackfillListener,
): Promise<BackfillDocument> {
  await readyToDeliver(services);
  // Which organisation this is has to be certain before anything is written.
  await services.organization();
  if (!request.dryRun) return run(services, request, listener);
  const scratch = await scratchCopy(services.ledger);
  try {
    return await run(rehearsal(services, scratch), request, listener);
  } finally {
    await scratch.close();
  }
}

async function run(
  services: Services,
  request: BackfillRequest,
  listener: BackfillListener,
): Promise<BackfillDocument> {
  const began = services.clock();
  const steps = createSteps(services, () => undefined);
  const part =
    'range' in request.target
      ? await runRange(services, request.target, request.limits, listener)
      : await runNamed(services, request.target.conversationIds, request.limits, listener);
  const requests = steps.requests();
  const rehearsed = {
    sends: part.thisRun.sent,
    requests: requests.gladly,
    since: new Date(began).toISOString(),
  };
  return {
    dryRun: request.dryRun,
    ...part,
    requests,
    plan: request.dryRun ? await planOf(services, part.range, rehearsed) : null,
    seconds: Math.round((services.clock() - began) / 100) / 10,
  };
}

type Part = Omit<BackfillDocument, 'dryRun' | 'requests' | 'plan' | 'seconds'>;

const nothing = { sent: 0, scheduled: 0, suppressed: 0, uncertain: 0, failed: 0 };

async function runRange(
  services: Services,
  { range, timezone, source }: Extract<BackfillTarget, { range: TimeRange }>,
  limits: QueueLimits,
  listener: BackfillListener,
): Promise<Part> {
  const { ledger, clock } = services;
  const plan = planSources(services, range, source);
  listener.explain(plan.explanation);
  const { sources, explanation } = await enumerateClosings(services, plan, (seen) => listener.found(seen));
  const told = { range: { ...range, timezone }, sources, explanation };
  const due = await countDue(ledger, new Date(clock()).toISOString());
  if (!(await listener.ready(due))) {
    return { ...told, ...(await summarizeRange(ledger, range)), thisRun: nothing, end: 'declined' };
  }
  let done = 0;
  const { end, ...thisRun } = await workQueue(services, queueOf(services), limits, () =>
    listener.settled((done += 1)),
  );
  return { ...told, ...(await summarizeRange(ledger, range)), thisRun, end };
}

async function runNamed(
  services: Services,
  ids: AsyncIterable<string>,
  limits: QueueLimits,
  listener: BackfillListener,
): Promise<Part> {
  const explanation = ['the conversations that were named, each read once'];
  listener.explain(explanation);
  const told = { range: null, sources: ['conversations'], explanation };
  const named = namedConversations(services, ids);
  if (!(await listener.ready(null))) {
    return { ...told, ...(await summarizeNamed(services.ledger, named)), thisRun: nothing, end: 'declined' };
  }
  let done = 0;
  const { end, ...thisRun } = await workQueue(services, named.next, limits, () =>
    listener.settled((done += 1)),
  );
  thisRun.failed += named.unread.length;
  return { ...told, ...(await summarizeNamed(services.ledger, named)), thisRun, end };
}
