import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { brokenNetwork } from '../support/broken-network.ts';
import { mailServer } from '../support/mail-server.ts';
import { createScene, type Scene, type Using } from './scene.ts';
import {
  arrivedInGladly,
  cardsOnTimelines,
  expectOneVerdictEach,
  expectOnlyCard,
  outboxOf,
  type Ending,
} from './seen-from-outside.ts';

/** A run that is killed, and what must hold after it was run again. */
export interface Staged {
  scene: Scene;
  args: readonly string[];
  /** For a server: what others do with it. */
  use?: Using;
  /** The point at which the only message leaves. */
  leaves?: string;
  /** Set if there is no message to doubt, whatever else the run writes about messages. */
  sendsNothing?: true;
  /**
   * Runs it again to its end. Fails if something was lost or doubled.
   * `leaving`: the conversations whose message was on its way when a process died.
   */
  verify(leaving: readonly string[]): Promise<void>;
}

export type Staging = () => Promise<Staged>;

export const webhookUser = { GCSAT_WEBHOOK_USER: 'gladly', GCSAT_WEBHOOK_PASSWORD: 'of-this-proof-alone' };

/** Tells a server of an event as Gladly does. @returns the status of its answer */
export async function tellWebhook(origin: string, event: unknown): Promise<number> {
  const credentials = Object.values(webhookUser).join(':');
  const answer = await fetch(`${origin}/webhooks/gladly`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(event),
  });
  await answer.text();
  return answer.status;
}

/** Runs the command again, and expects it to succeed. */
export async function again(scene: Scene, args: readonly string[]): Promise<ReturnType<typeof JSON.parse>> {
  const { code, document, stderr } = await scene.json(args);
  expect(code, `exit code when run again: ${stderr}`).toBe(0);
  return document;
}

/** A replay with a ledger that does not exist yet. */
export const replay: Staging = async () => {
  const scene = await createScene({}, false);
  const args = ['replay', '--', scene.sandbox.exampleConversationId];
  return {
    scene,
    args,
    leaves: 'before request POST /api/v1/communications/email',
    verify: async (leaving) => {
      const document = await again(scene, args);
      expect(document.outcome).toEqual(
        leaving.length > 0 ? 'uncertain' : expect.stringMatching(/^(sent|already_surveyed)$/),
      );
      const closings = new Map<string, Ending>([[scene.sandbox.exampleConversationId, 'asked']]);
      await expectOneVerdictEach(scene, closings, leaving, arrivedInGladly(scene));
    },
  };
};

/** Alerts come at least once, always with the same id; the note in Gladly comes at most once, or is in doubt. */
export const alert: Staging = async () => {
  const scene = await createScene();
  const { exampleConversationId: conversation, origin } = scene.sandbox;
  Object.assign(scene.env, {
    GCSAT_ALERT_URL: `${origin}/_sandbox/alerts`,
    GCSAT_ALERT_SECRET: `whsec_${Buffer.from('an alert secret of 24 by').toString('base64')}`,
  });
  const asked = ['reasons=Slow reply, Rude', 'question=text: What next?'];
  await scene.set('followUpTask=on', ...asked);
  const args = ['post', '--rating', '1', '--reason', 'Rude', '--answer', 'Sing', '--', conversation];
  return {
    scene,
    args,
    verify: async () => {
      await again(scene, args);
      await again(scene, ['sync']);
      const told = (await (await fetch(`${origin}/_sandbox/alerts`)).json()) as {
        headers: Record<string, string>;
      }[];
      expect(new Set(told.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
      const { alerts, answers } = await scene.look(['surveys', 'show', conversation]);
      expect(answers).toMatchObject([{ reason: 'Rude', question: { text: 'What next?', answer: 'Sing' } }]);
      const states = Object.fromEntries(
        (alerts as { way: string; state: string }[]).map(({ way, state }) => [way, state]),
      );
      expect(states).toEqual({ webhook: 'sent', task: expect.stringMatching(/^(sent|uncertain)$/) });
      const notes = await scene.taken('POST', /\/notes$/);
      expect(notes.length).toBeLessThanOrEqual(1);
      if (states['task'] === 'sent') expect(notes).toHaveLength(1);
    },
  };
};

/** At most one reminder. A reminder that was leaving when the process died is in doubt, and is never repeated. */
function reminding(delivery: 'gladly-email' | 'outbox'): Staging {
  return async () => {
    const scene = await createScene({ GCSAT_DELIVERY: delivery });
    const { exampleConversationId: conversation } = scene.sandbox;
    await scene.set('reminderAfter=1s');
    await again(scene, ['replay', '--', conversation]);
    await wait(1500);
    const args = ['sync'];
    const reminderNow = async (): Promise<string | null> =>
      (await scene.look(['surveys', 'show', '--', conversation])).reminder?.state ?? null;
    return {
      scene,
      args,
      leaves: delivery === 'outbox' ? 'before file' : 'before request POST /api/v1/communications/email',
      verify: async () => {
        const isInDoubt = delivery !== 'outbox' && (await reminderNow()) === 'leaving';
        await again(scene, args);
        expect(await reminderNow()).toBe(isInDoubt ? 'uncertain' : 'sent');
        const arrived = (): number =>
          delivery === 'outbox'
            ? outboxOf(scene).filter((file) => file.endsWith('.eml')).length
            : arrivedInGladly(scene).length;
        const count = arrived();
        expect(isInDoubt ? [1, 2] : [2]).toContain(count);
        await again(scene, args);
        expect(arrived()).toBe(count);
        expect((await scene.look(['surveys', 'list']))[0]).toMatchObject({ state: 'sent' });
      },
    };
  };
}

export const reminder = reminding('gladly-email');
export const reminderToOutbox = reminding('outbox');

/** By a server, with a mail server that shows what arrived: at most two mails, the second a reply to the first. */
export const reminderByServe: Staging = async () => {
  const peer = await mailServer();
  const smtp = { GCSAT_DELIVERY: 'smtp', GCSAT_FROM: 'care@acme.example', GCSAT_SMTP_URL: peer.url };
  const scene = await createScene({ ...smtp, ...webhookUser });
  const { exampleConversationId: conversation } = scene.sandbox;
  await scene.set('reminderAfter=1m');
  await again(scene, ['replay', '--', conversation]);
  await scene.later(2);
  const args = ['serve', '--json', '--port', '0', '--no-catch-up'];
  const reminderNow = async (): Promise<string | undefined> =>
    (await again(scene, ['surveys', 'show', '--', conversation])).reminder?.state;
  return {
    scene,
    args,
    leaves: 'before mail',
    use: async (_origin, over) => {
      await until(() => peer.received.length > 1, 'the reminder', over);
    },
    verify: async () => {
      const isInDoubt = (await reminderNow()) === 'leaving';
      const arrived = peer.received.length;
      const isSettled = async (): Promise<boolean> =>
        /^(?:sent|uncertain)$/.test((await reminderNow()) ?? '');
      await scene.serve(args, async (_origin, over) => {
        await until(isSettled, 'the end of the reminder', over);
      });
      expect(await reminderNow()).toBe(isInDoubt ? 'uncertain' : 'sent');
      const [first, ...reminders] = peer.received.map(({ mail }) => mail);
      expect(reminders).toHaveLength(isInDoubt ? arrived - 1 : 1);
      for (const { inReplyTo, messageId } of reminders) {
        expect(inReplyTo).toBe(first?.messageId);
        expect(messageId).not.toBe(first?.messageId);
      }
    },
  };
};

export const replayBySmtp: Staging = async () => {
  const peer = await mailServer();
  const smtp = { GCSAT_DELIVERY: 'smtp', GCSAT_FROM: 'care@acme.example', GCSAT_SMTP_URL: peer.url };
  const scene = await createScene(smtp);
  await scene.set('reasons=Slow reply, Rude');
  const args = ['replay', '--', scene.sandbox.exampleConversationId];
  return {
    scene,
    args,
    leaves: 'before mail',
    verify: async (leaving) => {
      const document = await again(scene, args);
      if (leaving.length > 0) expect(document.outcome).toBe('uncertain');
      // Whatever left has its form, which was kept with the message.
      const { form } = await scene.look(['surveys', 'show', scene.sandbox.exampleConversationId]);
      expect(form).toMatchObject({ reasons: { en: ['Slow reply', 'Rude'] }, question: null });
      const closings = new Map<string, Ending>([[scene.sandbox.exampleConversationId, 'asked']]);
      await expectOneVerdictEach(
        scene,
        closings,
        leaving,
        peer.received.flatMap(({ to }) => to),
      );
    },
  };
};

export const replayToOutbox: Staging = async () => {
  const scene = await createScene({ GCSAT_DELIVERY: 'outbox' });
  const args = ['replay', '--', scene.sandbox.exampleConversationId];
  return {
    scene,
    args,
    leaves: 'before file',
    verify: async () => {
      const document = await again(scene, args);
      const outbox = outboxOf(scene);
      const { id } = document.survey;
      expect(outbox.filter((file) => file !== '.unfinished')).toEqual([`${id}.eml`, `${id}.json`]);
      expect(readdirSync(join(scene.env['GCSAT_DATA_DIR'] ?? '', 'outbox', '.unfinished'))).toEqual([]);
      expect((await scene.look(['surveys', 'list']))[0]).toMatchObject({ state: 'sent', surveyId: id });
      expect(arrivedInGladly(scene)).toEqual([]);
    },
  };
};

export const post: Staging = async () => {
  const scene = await createScene();
  const args = ['post', '--rating', '4', '--comment', 'fine', '--', scene.sandbox.exampleConversationId];
  return {
    scene,
    args,
    verify: async () => {
      expect((await again(scene, args)).outcome).toMatch(/^(posted|already_posted)$/);
      expect(await cardsOnTimelines(scene)).toEqual({ posted: 1, deleted: 0 });
      expect((await again(scene, args)).outcome).toBe('already_posted');
    },
  };
};

/** The answer changes: the old card goes and the new one comes. There are never two, and there is one in the end. */
export const postAgain: Staging = async () => {
  const scene = await createScene();
  const id = scene.sandbox.exampleConversationId;
  await again(scene, ['post', '--rating', '2', '--', id]);
  const args = ['post', '--rating', '5', '--comment', 'better', '--', id];
  return {
    scene,
    args,
    verify: async () => {
      expect((await again(scene, args)).outcome).toMatch(/^(posted|already_posted)$/);
      expect(await cardsOnTimelines(scene)).toEqual({ posted: 2, deleted: 1 });
    },
  };
};

/** Dies with one answer, and is then given another: only the card of the new one remains. */
export const postAnother: Staging = async () => {
  const scene = await createScene();
  const post = (rating: string): string[] => [
    'post',
    '--rating',
    rating,
    '--',
    scene.sandbox.exampleConversationId,
  ];
  return {
    scene,
    args: post('2'),
    verify: async () => {
      const { card } = await again(scene, post('5'));
      await expectOnlyCard(scene, card.itemId);
    },
  };
};

/**
 * The process died while its card was still on its way, and the card of another answer came first. If the late card
 * arrives all the same, it is found and deleted.
 */
export async function overtakenCard(): Promise<void> {
  const scene = await createScene();
  const arrival = new AbortController();
  let cards = 0;
  const network = await brokenNetwork(scene.sandbox.origin, (_number, line) => {
    if (/^POST \S+\/conversation-items$/.test(line)) cards += 1;
    else return { kind: 'pass' };
    return cards === 1 ? { kind: 'late request', until: arrival.signal } : { kind: 'pass' };
  });
  scene.env['GCSAT_DOMAIN'] = network.origin;
  const post = (rating: string): string[] => ['post', '--rating', rating, '--', conversation];
  const { exampleConversationId: conversation } = scene.sandbox;
  const over = new AbortController().signal;
  try {
    const { died } = await scene.runUntil('written request POST', post('2'));
    expect(died, 'the first card left').not.toBeNull();
    await until(() => cards === 1, 'the first card', over);
    const { card } = await again(scene, post('5'));
    await expectOnlyCard(scene, card.itemId);
    arrival.abort();
    await until(async () => (await cardsOnTimelines(scene)).posted === 2, 'the late card', over);
    await again(scene, post('5'));
    await expectOnlyCard(scene, card.itemId);
  } finally {
    await network.close();
    await scene.close();
  }
}

/** Two plain customers, one who opts out by topic, and one with two closings, the newer surveyed; in nine minutes. */
async function smallWorld(scene: Scene, firstMinutesAgo: number): Promise<Map<string, Ending>> {
  const closings = new Map<string, Ending>();
  const tell = async (ending: Ending, closing: Parameters<Scene['tell']>[0]): Promise<void> => {
    closings.set(await scene.tell(closing), ending);
  };
  await tell('asked', { email: 'first@example.org', minutesAgo: firstMinutesAgo });
  await tell('suppressed', { email: 'twice@example.org', minutesAgo: firstMinutesAgo - 2 });
  await tell('asked', { email: 'second@example.org', minutesAgo: firstMinutesAgo - 4 });
  await tell('suppressed', {
    email: 'quiet@example.org',
    minutesAgo: firstMinutesAgo - 6,
    topics: ['do_not_send_stella'],
  });
  await tell('asked', { email: 'twice@example.org', minutesAgo: firstMinutesAgo - 8 });
  return closings;
}

export const backfill: Staging = async () => {
  const scene = await createScene();
  const closings = await smallWorld(scene, 59);
  const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
  const args = ['backfill', '--since', minutesAgo(60), '--until', minutesAgo(50)];
  return {
    scene,
    args,
    verify: async (leaving) => {
      const document = await again(scene, args);
      expect(document.outcomes).toMatchObject({ failed: 0, pending: 0, scheduled: 0 });
      expect(document.closings).toBe(closings.size);
      await expectOneVerdictEach(scene, closings, leaving, arrivedInGladly(scene));
    },
  };
};

/** How long ago the first tick was. A second tick looks again at the ten minutes before it; the closings follow it. */
const firstTickMinutesAgo = 45;

/** The past that the first tick leaves alone, new closings, and an answer whose card did not get through. */
export const sync: Staging = async () => {
  const scene = await createScene();
  const { exampleConversationId: answered } = scene.sandbox;
  const args = ['sync'];
  await scene.runAgo(firstTickMinutesAgo, args);
  await again(scene, ['replay', '--', answered]);
  const { died } = await scene.runUntil('before request POST', ['post', '--rating', '3', '--', answered]);
  expect(died, 'the card did not leave').not.toBeNull();
  const closings = await smallWorld(scene, 30);
  return {
    scene,
    args,
    verify: async (leaving) => {
      await again(scene, args);
      const all = new Map<string, Ending>([[answered, 'answered'], ...closings]);
      await expectOneVerdictEach(scene, all, leaving, arrivedInGladly(scene));
      expect(await cardsOnTimelines(scene)).toEqual({ posted: 1, deleted: 0 });
    },
  };
};

/** The whole loop: Gladly reports a closing, the customer answers, the card goes to the timeline. */
export const serve: Staging = async () => {
  const scene = await createScene(webhookUser);
  const told = { asked: await scene.tellEvent({ email: 'first@example.org' }) };
  const quiet = await scene.tellEvent({ email: 'quiet@example.org', topics: ['do_not_send_stella'] });
  const args = ['serve', '--json', '--port', '0', '--no-catch-up'];
  const taken = { asked: false, quiet: false, answer: false };

  const tell = async (origin: string, which: 'asked' | 'quiet', body: unknown): Promise<void> => {
    // An event that was answered with 2xx is never sent again: from then on, keeping it is our job.
    if (taken[which]) return;
    const status = await tellWebhook(origin, body);
    taken[which] = status === 200;
    expect(status).toBe(200);
  };
  const arrived = (): string | undefined =>
    /https:\/\/csat\.example\.com(\/s\/[\w-]+)/.exec(scene.sandbox.mailbox()[0]?.text ?? '')?.[1];

  const use: Using = async (origin, over) => {
    await tell(origin, 'asked', told.asked.event);
    await tell(origin, 'quiet', quiet.event);
    await until(async () => (await scene.unsettled()) === 0, 'a verdict for each closing', over);
    // The message is in doubt, and did not leave.
    if (arrived() === undefined) return;
    if (!taken.answer) {
      const body = new URLSearchParams({ rating: '5', resolved: 'yes', comment: 'fine' });
      const answer = await fetch(`${origin}${arrived() ?? ''}`, { method: 'POST', body });
      expect(answer.status).toBe(200);
      taken.answer = true;
    }
    await until(async () => (await cardsOnTimelines(scene)).posted > 0, 'the card', over);
  };
  return {
    scene,
    args,
    use,
    verify: async (leaving) => {
      await scene.serve(args, use);
      const isAsked = arrived() !== undefined;
      const closings = new Map<string, Ending>([
        [told.asked.id, isAsked ? 'answered' : 'asked'],
        [quiet.id, 'suppressed'],
      ]);
      const doubtful = isAsked ? [] : leaving;
      await expectOneVerdictEach(scene, closings, doubtful, arrivedInGladly(scene));
      expect(await cardsOnTimelines(scene)).toEqual({ posted: isAsked ? 1 : 0, deleted: 0 });
    },
  };
};

export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  over: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await condition())) {
    over.throwIfAborted();
    if (performance.now() > deadline) throw new Error(`${what} did not come`);
    await wait(20);
  }
}
