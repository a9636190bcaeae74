import { setImmediate as nextTurn } from 'node:timers/promises';
import { sameClosingMilliseconds } from '../../domain/closing/identity.ts';
import { timeNow } from '../../domain/values/instant.ts';
import { Failure } from '../../failure.ts';
import { readWebhookEvent, type WebhookEvent } from '../../gladly/resources/webhook-events.ts';
import { recordEvents, type LedgerEvent } from '../../store/closings/events.ts';
import type { Services } from '../context/services.ts';

/** Where Gladly's webhooks come in. */
export interface Intake {
  /**
   * Resolves only after the event is on disk; `ignored` is an event that surveys do not need.
   *
   * @throws Failure kind contract for an event that cannot be used, kind ledger when it could not be written.
   */
  accept(body: unknown): Promise<'stored' | 'ping' | 'ignored'>;
}

export interface IntakeListener {
  /** Something is on disk that the queue may have to work on. */
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

/** Events that arrive while one write runs share the next one, so that many of them cost one write to the disk. */
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
      // One event that cannot be written must not take the others with it; a disk that fails is everybody's trouble.
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
      // What the sockets have brought by now is read first: it shares this write.
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

/** An event without a readable time, or with one that it can not have, happened when it arrived, as far as we know. */
function ledgerEvent(received: ConversationEvent, seenAt: string): LedgerEvent {
  const { conversationId, customerId, initiator: closedBy } = received;
  const age = Date.parse(seenAt) - Date.parse(received.at ?? '');
  const isPossible = age <= latestMilliseconds && age >= -sameClosingMilliseconds;
  const at = received.at !== null && isPossible ? received.at : seenAt;
  return received.type === 'CONVERSATION/REOPENED'
    ? { kind: 'reopened', conversationId, reopenedAt: at }
    : { kind: 'closed', conversationId, customerId, closedAt: at, closedBy, seenAt };
}
