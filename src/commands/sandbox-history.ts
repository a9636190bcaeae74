import { join } from 'node:path';
import { sandboxSettings } from '../config/sandbox-settings.ts';
import type { RatingReasons } from '../domain/eligibility/questionnaire.ts';
import { timeNow } from '../domain/values/instant.ts';
import type { Opinion } from '../sandbox/opinions.ts';
import type { RunningSandbox } from '../sandbox/start.ts';
import { registerSecret } from '../terminal/redact.ts';
import { openServices, type Services } from '../workflow/context/services.ts';
import { noteSurvey } from '../workflow/operator/notes.ts';
import { countSurveys } from '../workflow/operator/surveys.ts';
import { sync } from '../workflow/runs/sync.ts';
import { createSurveyDesk, type SurveyDesk } from '../workflow/serving/survey-desk.ts';
import type { SandboxTime } from './sandbox-time.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** How long before now the first survey leaves. */
const historyMs = 28 * dayMs;
const betweenTicksMs = 8 * hourMs;
/** Gladly's outage lasts until a message is uncertain, and in any case ends this long before now. */
const outageEndedMs = 20 * hourMs;
const outage = { serverErrorPercent: 25 };
/**
 * The outage begins once at most this many messages are expected before its end: if there are few, it may last for
 * days.
 */
const messagesInOutage = 20;
const longestOutageMs = 12 * dayMs;
/** Low ratings of the last two days are still open. */
const openForMs = 2 * dayMs;

interface History {
  sandbox: RunningSandbox;
  time: SandboxTime;
  /** A private folder; the ledger is created in it. */
  directory: string;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** @param share how much of the history is done, 0 to 1 */
  onProgress: (share: number) => void;
}

/** Something that a person does at a moment in the past. */
interface Deed {
  at: number;
  act: () => Promise<void>;
}

/**
 * Creates four weeks of surveys: what `gcsat sync` would have done every few hours, what customers answered on their
 * pages, and what was noted about low ratings. Everything takes the usual code path; only the clock differs.
 *
 * @returns the ledger's file
 */
export async function tellHistory(history: History): Promise<string> {
  const { sandbox, time, directory, env, signal, onProgress } = history;
  // The introduction prints the sandbox's own secrets, for use in another terminal.
  const printed = new Set([sandbox.token, sandbox.medallia.apiKey, sandbox.medallia.apiSecret]);
  const onSecret = (secret: string): void => (printed.has(secret) ? undefined : registerSecret(secret));
  // Built in memory: it need not survive a power cut before it is complete, and on a disk it would take minutes.
  const settings = {
    ...(await sandboxSettings({}, env, sandbox, directory, { onSecret })),
    database: ':memory:',
  };
  const until = Date.now();
  const since = until - historyMs;
  time.goTo(since);
  const services = await openServices(settings, {
    signal,
    clock: time.now,
    priority: 'background',
    debug: () => undefined,
    pacer: unpaced,
  });
  try {
    const desk = createSurveyDesk(services, { onAnswer: () => undefined });
    const deeds: Deed[] = [];
    let read = 0;
    for (let tick = since; ; tick = Math.min(tick + betweenTicksMs, until)) {
      signal.throwIfAborted();
      deeds.sort((one, other) => one.at - other.at);
      while (deeds[0] !== undefined && deeds[0].at <= tick) {
        const [deed] = deeds.splice(0, 1);
        time.goTo(deed?.at ?? tick);
        await deed?.act();
      }
      await desk.flush();
      if (tick < until) time.goTo(tick);
      else time.arrive();
      const left = until - outageEndedMs - tick;
      const isTime =
        left >= 0 && left <= longestOutageMs && (read / (tick - since)) * left <= messagesInOutage;
      const isOutage = isTime && (await countSurveys(services.ledger, { states: ['uncertain'] })) === 0;
      const usual = isOutage ? sandbox.setFaults(outage) : {};
      // The next tick retries what fails.
      await sync(services, { limits, dryRun: false, timezone: 'UTC' }, silent);
      sandbox.setFaults(usual);
      const messages = sandbox.mailbox();
      for (const message of messages.slice(read)) {
        const opinion = sandbox.opinionOf(message);
        const [, token] = /\/s\/([\w-]+)/.exec(message.html ?? message.text ?? '') ?? [];
        if (opinion === null || token === undefined) continue;
        deeds.push(...deedsOf(services, desk, { opinion, token, sentAt: Date.parse(message.sentAt), until }));
      }
      read = messages.length;
      onProgress((tick - since) / historyMs);
      if (tick >= until) break;
    }
    const database = join(directory, 'ledger.db');
    await services.ledger.copyTo(database);
    return database;
  } finally {
    await services.close();
  }
}

const limits = { maxClosings: null, maxSends: null, deadline: null };

/** Without pacing: while the past is replayed, the sandbox counts no requests. */
const unpaced = {
  grant: () => Promise.resolve(),
  observe: () => Promise.resolve(),
  rateLimited: () => Promise.resolve(),
};

const silent = {
  explain: () => undefined,
  warn: () => undefined,
  found: () => undefined,
  asks: false,
  ready: () => Promise.resolve(true),
  finished: () => undefined,
  unread: () => undefined,
};

interface Asked {
  opinion: Opinion;
  token: string;
  sentAt: number;
  until: number;
}

/** What the customer does on the survey page, and what the team does about the answer. */
function deedsOf(services: Services, desk: SurveyDesk, { opinion, token, sentAt, until }: Asked): Deed[] {
  const { opensAfter, answersAfter, rating, resolved, comment, reasonAt, recommends } = opinion;
  const { reasons } = services.settings.policy;
  if (opensAfter === null) return [];
  let surveyId: string | null = null;
  const open: Deed = {
    at: sentAt + opensAfter,
    async act() {
      const view = await desk.view(token);
      if (view.state !== 'open') return;
      ({ surveyId } = view);
      desk.visited(view.surveyId, 'opened');
    },
  };
  if (answersAfter === null) return [open];
  const answeredAt = sentAt + answersAfter;
  const answer: Deed = {
    at: answeredAt,
    act: async () => {
      const reason = reasons === null || reasonAt === null ? undefined : pickAt(reasons, reasonAt);
      const said = { reason: reason ?? '', answer: String(recommends ?? '') };
      await desk.answer(token, { rating, resolved, comment, ...said });
    },
  };
  if (rating > services.settings.policy.lowRating || answeredAt > until - openForMs) return [open, answer];
  const note: Deed = {
    at: answeredAt + 5 * hourMs,
    async act() {
      if (surveyId === null) return;
      const [text, done] =
        rating === 1 ? ['Called back, refunded', true] : ['Ines writes to the carrier', false];
      await noteSurvey(services.ledger, surveyId, { at: timeNow(services.clock), text, done });
    },
  };
  return [open, answer, note];
}

function pickAt(reasons: RatingReasons, at: number): string | undefined {
  const [options = []] = Object.values(reasons);
  return options[Math.floor(at * options.length)];
}
