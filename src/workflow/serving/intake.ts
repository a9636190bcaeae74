import { setImmediate as nextTurn } from 'node:timers/promises';
import { sameClosingMilliseconds } from '../../domain/closing/identity.ts';
import { timeNow } from '../../domain/values/instant.ts';
import { Failure } from '../../failure.ts';
import { readWebhookEvent, type WebhookEvent } from '../../gladly/resources/webhook-events.ts';
import { recordEvents, type LedgerEvent } from '../../store/closings/events.ts';
import type { Services } from '../context/services.ts';

/** Takes Gladly's webhooks. */
export interface Intake {
  /**
   * Resolves only after the event is on disk; `ignored`: surveys do not need this event.
   *
   * @throws Failure kind contract for an event that cannot be used, kind ledger when it could not be written.
   */
  accept(body: unknown): Promise<'stored' | 'ping' | 'ignored'>;
}

export interface IntakeListener {
  /** Events are on disk that may be work for the queue. */
  onStored: () => void;
  onIgnored: (type: string) => void;
}

interface Waiting {
  event: LedgerEvent;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Bounds how long one transaction keeps other users of the ledger out. */
const largestBatch = 500;

/** Events that arrive during one write share the next one, so that many events cost one disk write. */
export function createIntake(
  { ledger, clock, lane }: Pick<Services, 'ledger' | 'clock' | 'lane'>,
  listener: IntakeListener,
): Intake {
  const waiting: Waiting[] = [];
  let writing = false;

  const write = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      await recordEvents(
        ledger,
        batch.map(({ event }) => event),
        lane,
      );
    } catch (error) {
      // One event that cannot be written must not fail the others; a Failure, such as a full disk, concerns them all.
      if (batch.length === 1 || error instanceof Failure) {
        for (const { reject } of batch) reject(error);
      } else {
        for (const one of batch) await write([one]);
      }
      return;
    }
    for (const { resolve } of batch) resolve();
    listener.onStored();
  };

  const writeAll = async (): Promise<void> => {
    if (writing) return;
    writing = true;
    while (waiting.length > 0) {
      // Let the sockets deliver what has already arrived: it shares this write.
      await nextTurn();
      await write(waiting.splice(0, largestBatch));
    }
    writing = false;
  };

  return {
    async accept(body) {
      const received = readWebhookEvent(body);
      if (received.type === 'PING') return 'ping';
      if (received.type === 'other') {
        listener.onIgnored(received.name);
        return 'ignored';
      }
      const event = ledgerEvent(received, timeNow(clock));
      await new Promise<void>((resolve, reject) => {
        waiting.push({ event, resolve, reject });
        void writeAll();
      });
      return 'stored';
    },
  };
}

type ConversationEvent = Exclude<WebhookEvent, { type: 'PING' | 'other' }>;

/** Gladly repeats an event for less than two hours. */
const latestMilliseconds = 24 * 60 * 60_000;

/** If an event's time is unreadable or impossible, its arrival time is the best we know. */
function ledgerEvent(received: ConversationEvent, seenAt: string): LedgerEvent {
  const { conversationId, customerId, initiator: closedBy } = received;
  const age = Date.parse(seenAt) - Date.parse(received.at ?? '');
  const isPossible = age <= latestMilliseconds && age >= -sameClosingMilliseconds;
  const at = received.at !== null && isPossible ? received.at : seenAt;
  return received.type === 'CONVERSATION/REOPENED'
    ? { kind: 'reopened', conversationId, reopenedAt: at }
    : { kind: 'closed', conversationId, customerId, closedAt: at, closedBy, seenAt };
}
