import { formatInstant, timeNow } from '../../domain/values/instant.ts';
import { Failure, stopsTheRun } from '../../failure.ts';
import { claimClosing } from '../../store/queue/claims.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import { recordClosing } from '../../store/closings/closing-reports.ts';
import { defectOf } from '../context/defect.ts';
import { closedAtOf, readConversation, readItems } from '../survey/read-conversation.ts';
import type { Services } from '../context/services.ts';
import { createSteps } from '../context/steps.ts';
import type { NextWork } from '../queue/work-queue.ts';

/** What was found about conversations that a person named. */
export interface NamedConversations {
  next: NextWork;
  /** Ids of the conversations' current closings. */
  closingIds: Set<string>;
  /** Conversations that are open. */
  open: string[];
  /** Conversations that could not be read. */
  unread: { conversationId: string; failure: Failure }[];
}

/** Works through named conversations: each is read once, and its closing is claimed if there is anything to do. */
export function namedConversations(services: Services, ids: Iterable<string>): NamedConversations {
  const iterator = new Set(ids).values();
  const found: NamedConversations = { next, closingIds: new Set(), open: [], unread: [] };

  async function next(): ReturnType<NextWork> {
    for (let turn = iterator.next(); turn.done !== true; turn = iterator.next()) {
      const id = turn.value;
      const work = await workOf(id).catch((error: unknown) => {
        const failure = error instanceof Failure ? error : defectOf(error);
        if (!stopsTheRun(failure)) {
          found.unread.push({ conversationId: id, failure });
        }
        throw failure;
      });
      if (work !== null) return work;
    }
    return null;
  }

  async function workOf(id: string): ReturnType<NextWork> {
    const { ledger, worker, clock, lane } = services;
    const steps = createSteps(services, () => undefined);
    const read = await readConversation(services, id, steps);
    if (read.conversation.status !== 'CLOSED') {
      found.open.push(id);
      return null;
    }
    const items = read.conversation.closedAt === null ? (await readItems(services, id, steps)).items : [];
    const now = timeNow(clock);
    const { closing } = await recordClosing(ledger, {
      conversationId: read.conversation.id,
      customerId: read.conversation.customerId,
      closedAt: formatInstant(closedAtOf(read, items)),
      source: 'conversations',
      seenAt: now,
      lane,
    });
    found.closingIds.add(closing.id);
    if (!isDue(closing, now)) return null;
    const claim = await claimClosing(ledger, closing.id, worker, now);
    return claim.claimed ? { closing: claim.closing, read } : null;
  }

  return found;
}

function isDue({ state, dueAt }: Closing, now: string): boolean {
  if (state === 'failed') return true;
  return ['pending', 'scheduled', 'sending'].includes(state) && (dueAt === null || dueAt <= now);
}
