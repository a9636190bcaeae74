import { asArgument, settleCommand } from '../../domain/closing/doubt.ts';
import { timeNow } from '../../domain/values/instant.ts';
import { localTime } from '../../domain/values/local-time.ts';
import { outstandingCards } from '../../store/answers/cards-due.ts';
import { lateErasures } from '../../store/erase/to-dos.ts';
import { readCheckpoint } from '../../store/checkpoints.ts';
import { stuckSends } from '../../store/queue/claims.ts';
import { ok, type Check } from './check.ts';
import type { CheckSources } from './check-sources.ts';
import { lateMs, outstandingFinding } from './outstanding.ts';
import { typedCommands } from './typed-commands.ts';

type Sources = Pick<CheckSources, 'ledger' | 'figures' | 'lane' | 'clock'>;

const minuteMs = 60_000;
/** `serve`, or `sync` on a timer, looks every few minutes. */
const latestCatchUpMs = 60 * minuteMs;
const needs = ['ledger.open', 'ledger.version'];

export const pauseCheck: Check<Sources> = {
  id: 'queue.pause',
  about: 'sending is not paused',
  matters: 'Nothing leaves during a pause.',
  needs,
  async run({ figures }) {
    const { pause } = await figures();
    if (pause === null) return ok('sending is not paused');
    const end = pause.until === null ? '' : ` until ${localTime(pause.until, null)}`;
    return {
      status: 'warning',
      code: 'sending_paused',
      kind: 'temporary',
      summary: `sending is paused${end}`,
      fix: 'gcsat resume',
    };
  },
};

export const dueCheck: Check<Sources> = {
  id: 'queue.due',
  about: 'closings that are due are worked on',
  matters: 'Customers are asked late, or not at all once a closing is older than maxAge.',
  needs,
  async run({ figures, clock }) {
    const { due, oldestDueAt, fullUntil, states } = await figures();
    if (fullUntil !== null && states.scheduled > 0) return ok(fullText(states.scheduled, fullUntil));
    if (due === 0) return ok('nothing is due');
    const isLate = oldestDueAt !== null && clock() - Date.parse(oldestDueAt) > lateMs;
    const summary = `${closings(due)} due`;
    if (!isLate) return ok(summary);
    return {
      status: 'warning',
      code: 'queue_late',
      kind: 'temporary',
      summary: `${summary}, since ${localTime(oldestDueAt, null)}: nothing works on the queue`,
      fix: 'gcsat sync',
    };
  },
};

export const failedCheck: Check<Sources> = {
  id: 'queue.failed',
  about: 'no closing failed',
  matters: 'Their customers were not asked.',
  needs,
  async run({ figures, ledger, clock }) {
    const { failed } = (await figures()).states;
    if (failed === 0) return ok('none');
    const list = 'gcsat surveys list --state failed';
    return {
      status: 'warning',
      code: 'closings_failed',
      kind: 'partial',
      summary: `${failed} ${failed === 1 ? 'closing' : 'closings'} failed`,
      detail: `The list has the cause of each. Fix it, then decide again: ${await typedCommands(
        await ledger(),
        { filter: { states: ['failed'] }, count: failed, list, nowMs: clock() },
        (id) => `gcsat surveys retry ${asArgument(id)}`,
      )}.`,
      fix: list,
    };
  },
};

export const uncertainCheck: Check<Sources> = {
  id: 'queue.uncertain',
  about: 'no message is uncertain',
  matters:
    'gcsat never repeats an uncertain message, so that nobody is asked twice: a person has to settle each.',
  needs,
  async run({ figures, ledger, clock }) {
    const { uncertain } = (await figures()).states;
    if (uncertain === 0) return ok('none');
    const list = 'gcsat surveys list --state uncertain';
    const wasSent = await typedCommands(
      await ledger(),
      { filter: { states: ['uncertain'] }, count: uncertain, list, nowMs: clock() },
      (id) => settleCommand('--was-sent', id),
    );
    return {
      status: 'warning',
      code: 'messages_uncertain',
      kind: 'partial',
      summary: `${uncertain} ${uncertain === 1 ? 'message' : 'messages'} may or may not have left`,
      detail:
        `Look for each message in Gladly, or in the log of the mail server. If it is there, type ${wasSent}; ` +
        'if it is certainly not, type the same with --not-sent, which sends it again.',
      fix: list,
    };
  },
};

export const heldCheck: Check<Sources> = {
  id: 'queue.held',
  about: 'no stalled process holds a closing',
  matters: 'No other process may take the closing while its message could still leave.',
  needs,
  async run({ ledger, clock }) {
    const held = await stuckSends(await ledger(), timeNow(clock));
    const [first] = held;
    if (first === undefined) return ok('none');
    const others = held.length === 1 ? '' : `, and ${held.length - 1} more are held`;
    return {
      status: 'warning',
      code: 'closing_held',
      kind: 'temporary',
      summary: `${first.heldBy} has stalled and holds the closing ${first.id}${others}`,
      fix: 'Let it continue (`kill -CONT`), or end it; if its message may have left, the survey is then uncertain.',
    };
  },
};

export const cardsCheck: Check<Sources> = {
  id: 'cards.outstanding',
  about: 'every answer has its card in Gladly',
  matters: 'Agents do not see these answers.',
  needs,
  async run({ ledger, clock }) {
    const cards = await outstandingCards(await ledger());
    return outstandingFinding(cards, clock(), {
      none: 'every answer has its card',
      summary: `${cards.count} ${cards.count === 1 ? 'answer waits' : 'answers wait'} for a card`,
      code: 'cards_outstanding',
    });
  },
};

export const erasuresCheck: Check<Sources> = {
  id: 'erasure.open',
  about: 'forgotten customers are completely erased',
  matters: 'Their cards are still in Gladly, or their files and remnants are still on this disk.',
  needs,
  async run({ ledger, clock }) {
    const late = await lateErasures(await ledger(), timeNow(clock));
    const count = late.length;
    const [first] = late;
    if (first === undefined) return ok('nothing is left to erase');
    const failed = late.find(({ error }) => error !== null)?.error;
    const kinds = [...new Set(late.map(({ kind }) => kind))].join(', ');
    return {
      status: 'warning',
      code: 'erasures_open',
      kind: 'partial',
      summary: `${count} ${count === 1 ? 'thing is' : 'things are'} still to be erased (${kinds})`,
      detail: `${failed === undefined || failed === null ? '' : `The last try ended with ${failed}. `}\`gcsat serve\` and \`gcsat sync\` continue with it, and so does forgetting the same customer again.`,
      fix: 'gcsat sync',
    };
  },
};

/** What happens if closings were last looked for too long ago. */
export const foundLater = 'the next `gcsat serve` or `gcsat sync` finds those since';

export const syncCheck: Check<Sources> = {
  id: 'sync.last',
  about: 'closings were looked for within the last hour',
  matters: 'A closing whose webhook never came is found only by looking for it.',
  needs,
  async run({ ledger, lane, clock }) {
    const until = await readCheckpoint(await ledger(), { lane: lane(), name: 'until' });
    if (until === null) return ok('neither `gcsat serve` nor `gcsat sync` has looked for closings yet');
    const summary = `closings were last looked for at ${localTime(until, null)}`;
    if (clock() - Date.parse(until) <= latestCatchUpMs) return ok(summary);
    return {
      status: 'warning',
      code: 'closings_not_looked_for',
      kind: 'temporary',
      summary,
      detail: `T${foundLater.slice(1)}.`,
      fix: 'gcsat sync',
    };
  },
};

/** Undecided closings are still worked on; once scheduled, they wait too. */
function fullText(scheduled: number, until: string): string {
  const what = scheduled === 1 ? '1 survey is scheduled' : `${scheduled} surveys are scheduled`;
  return `${what}; the hourly limit (maxPerHour) is reached, and the next one leaves at ${localTime(until, null)}`;
}

function closings(count: number): string {
  return count === 1 ? '1 closing is' : `${count} closings are`;
}
