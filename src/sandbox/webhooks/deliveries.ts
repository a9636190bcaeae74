import { eventBody } from '../events.ts';
import type { Faults } from '../faults.ts';
import type { Random } from '../random.ts';
import { recent } from '../recent.ts';
import { withMillis } from '../time.ts';
import type { StoryEvent } from '../world/story.ts';
import { delayAfter, gladlyPace, type Pace } from './pace.ts';
import { postToWebhook } from './post.ts';
import type { Webhook, WebhookValues } from './webhook.ts';

/** One try to send one event to a webhook. */
export interface LoggedDelivery {
  /** ISO 8601, UTC. */
  at: string;
  webhookId: string;
  /** Null for a PING, like the conversation. */
  eventId: string | null;
  type: string;
  conversationId: string | null;
  /** Counts from 1. */
  attempt: number;
  /**
   * `accepted` and `failed` were sent. `dropped` was not sent, because of a fault. `given_up` is not sent again, because
   * the webhook is disabled or gone.
   */
  outcome: 'accepted' | 'failed' | 'dropped' | 'given_up';
  /** Null when no answer came. */
  status: number | null;
}

export interface Deliveries {
  pace: Pace;
  /** Whether the webhook answers a PING with 200, as it must. */
  ping(webhook: WebhookValues & { id: string }): Promise<boolean>;
  send(webhook: Webhook, event: StoryEvent): void;
  /** Drops everything that has not been sent to the webhook yet. */
  giveUp(webhook: Webhook): void;
  /** Sends at once every event that waits for a retry. Returns how many there were. */
  retryNow(): number;
  /** How many events wait for their time, and how many are being sent or about to be. */
  outstanding(): { waiting: number; underWay: number };
  log(): LoggedDelivery[];
  /** Stops everything immediately. */
  close(): Promise<void>;
}

interface Parcel {
  webhook: Webhook;
  event: StoryEvent;
  /** Counts from 1. */
  attempt: number;
}

const sentAtOnce = 32;
const deliveriesRemembered = 20_000;

/** Sends events in the background. Calls `exhausted` with a webhook when the last try of one of its events fails. */
export function deliveriesOf(options: {
  now: () => number;
  faults: () => Faults;
  luck: Random;
  exhausted: (webhook: Webhook) => void;
}): Deliveries {
  const { now, faults, luck, exhausted } = options;
  const history = recent<LoggedDelivery>(deliveriesRemembered);
  const waiting = new Map<Parcel, NodeJS.Timeout>();
  const running = new Map<Promise<unknown>, AbortController>();
  let ready: Parcel[] = [];
  let closed = false;

  /** The status of the answer; null if none came. */
  const post = async (webhook: WebhookValues, body: unknown): Promise<number | null> => {
    if (closed) return null;
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), deliveries.pace.answerSeconds * 1000);
    const posting = postToWebhook(webhook, JSON.stringify(body), stop.signal);
    running.set(posting, stop);
    try {
      return await posting;
    } finally {
      clearTimeout(timer);
      running.delete(posting);
    }
  };

  const note = (
    { webhook, event, attempt }: Parcel,
    outcome: LoggedDelivery['outcome'],
    status: number | null = null,
  ): void => {
    const { id: eventId, type, content } = event;
    const conversationId = typeof content.conversationId === 'string' ? content.conversationId : null;
    const at = withMillis(now());
    history.add({ at, webhookId: webhook.id, eventId, type, conversationId, attempt, outcome, status });
  };

  const submit = async (parcel: Parcel): Promise<void> => {
    const { webhook, event, attempt } = parcel;
    const status = await post(webhook, eventBody(event));
    if (closed) return;
    const accepted = status !== null && status >= 200 && status < 300;
    note(parcel, accepted ? 'accepted' : 'failed', status);
    if (accepted || !webhook.enabled) return;
    const delay = delayAfter(deliveries.pace, attempt);
    if (delay === undefined) exhausted(webhook);
    else later({ webhook, event, attempt: attempt + 1 }, delay);
  };

  let submitting = 0;
  const work = (): void => {
    while (submitting < sentAtOnce && !closed) {
      const parcel = ready.shift();
      if (parcel === undefined) return;
      submitting += 1;
      void submit(parcel).finally(() => {
        submitting -= 1;
        work();
      });
    }
  };

  const dispatch = (parcel: Parcel): void => {
    clearTimeout(waiting.get(parcel));
    waiting.delete(parcel);
    ready.push(parcel);
    work();
  };
  const later = (parcel: Parcel, delay: number): void => {
    if (delay === 0) dispatch(parcel);
    else
      waiting.set(
        parcel,
        setTimeout(() => dispatch(parcel), delay),
      );
  };

  const deliveries: Deliveries = {
    pace: gladlyPace,
    ping: async (webhook) => {
      const status = await post(webhook, { type: 'PING' });
      const outcome = status === 200 ? 'accepted' : 'failed';
      const about = { eventId: null, type: 'PING', conversationId: null, attempt: 1 };
      history.add({ at: withMillis(now()), webhookId: webhook.id, ...about, outcome, status });
      return status === 200;
    },
    send: (webhook, event) => {
      const { webhookDropPercent, webhookDuplicatePercent, webhookDelayMs, webhookJitterMs } = faults();
      const parcel = { webhook, event, attempt: 1 };
      if (luck.chance(webhookDropPercent / 100)) {
        note(parcel, 'dropped');
        return;
      }
      const copies = luck.chance(webhookDuplicatePercent / 100) ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1)
        later({ ...parcel }, webhookDelayMs + Math.round(webhookJitterMs * luck.next()));
    },
    giveUp: (webhook) => {
      const given = [...ready, ...waiting.keys()].filter((parcel) => parcel.webhook === webhook);
      for (const parcel of given) {
        clearTimeout(waiting.get(parcel));
        waiting.delete(parcel);
        note(parcel, 'given_up');
      }
      ready = ready.filter((parcel) => parcel.webhook !== webhook);
    },
    retryNow: () => {
      const retries = [...waiting.keys()].filter(({ attempt }) => attempt > 1);
      for (const parcel of retries) dispatch(parcel);
      return retries.length;
    },
    outstanding: () => ({ waiting: waiting.size, underWay: ready.length + submitting }),
    log: () => history.entries(),
    close: async () => {
      closed = true;
      for (const timer of waiting.values()) clearTimeout(timer);
      waiting.clear();
      ready = [];
      for (const stop of running.values()) stop.abort();
      await Promise.all(running.keys());
    },
  };
  return deliveries;
}
