import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { recordAnswer, type NewAnswer } from '../../src/store/answers/answers.ts';
import { claimClosing, releaseClaim, resolveAbandonedSends } from '../../src/store/queue/claims.ts';
import { closingsOfConversation } from '../../src/store/closings/closings.ts';
import { recordClosing } from '../../src/store/closings/closing-reports.ts';
import { recordReopening } from '../../src/store/closings/reopenings.ts';
import { cancelClosing, confirmSent, resendClosing, retryClosing } from '../../src/store/queue/acts.ts';
import { decideClosing, markLeaving, recordDelivery } from '../../src/store/queue/decisions.ts';
import type { MessageResult } from '../../src/domain/closing/moves.ts';
import type { Ledger } from '../../src/store/ledger/ledger.ts';
import { resubscribe, unsubscribe } from '../../src/store/addresses/unsubscribes.ts';
import type { Worker } from '../../src/store/ledger/workers.ts';
import { at, elsewhere, here, nothingRead, often, toSend, withEmptyLedger } from '../store/support.ts';
import { isOnServer } from '../support/tested-ledger.ts';
import { isWhole, proofTimeoutMs } from './extent.ts';
import { holdsLater } from './property.ts';

/** Two conversations, each of which closes, is reopened and closes again: four closings, three minutes apart. */
const places = [0, 1, 2, 3] as const;
type Place = (typeof places)[number];
const conversationOf = (place: Place): string => `conversation-${place % 2}`;
const closedSeconds = (place: Place): number => (place < 2 ? 0 : 180);
const reopenedSeconds = (place: Place): number => closedSeconds(place) + 90;

/** Each of two customers has closings of both conversations. */
const addressOf = (place: Place): string => `${place === 0 || place === 3 ? 'kim' : 'lee'}@example.com`;

/** Our process id with another start time stands for a dead process. What it claimed is free. */
const dead: Worker = { ...here, startedAt: 'before' };
/** Whether a process on another host lives is unknown here, so it keeps its claims until they expire. */
const workers = { here, dead, elsewhere };
type WorkerName = keyof typeof workers;

const now = at(1000);
const error = { code: 'refused', message: 'refused', hint: 'try again' };
const results = {
  sent: { status: 'sent', externalId: null },
  uncertain: { status: 'uncertain', failure: error },
  later: { status: 'not_sent', temporary: true, failure: error },
  never: { status: 'not_sent', temporary: false, failure: error },
} as const satisfies Record<string, MessageResult>;
type ResultName = keyof typeof results;

interface Row {
  state: string;
  holder: WorkerName | null;
  /** How many messages began to leave, and how many more may, because one certainly did not or a person said so. */
  left: number;
  permitted: number;
  /** How each of these messages ended, as far as known; null while it is leaving. */
  ends: (string | null)[];
  /** Whether it was ever decided to survey its address. */
  addressed: boolean;
}

interface Model {
  rows: Map<Place, Row>;
  reopened: Set<Place>;
  unsubscribed: Set<string>;
}

/** Which closings hold the address of this one: those that will be, were, or may have been surveyed there. */
function holdersOf(its: Place, { rows }: Model): Place[] {
  const holds = ({ state, ends, addressed }: Row): boolean =>
    addressed &&
    (['scheduled', 'sending', 'sent', 'uncertain', 'answered'].includes(state) ||
      ends.some((end) => end === 'uncertain' || end === 'interrupted'));
  return places.filter((other) => {
    const row = rows.get(other);
    return other !== its && addressOf(other) === addressOf(its) && row !== undefined && holds(row);
  });
}

type Step = {
  real(ledger: Ledger, idOf: (place: Place) => string): Promise<unknown>;
  model(model: Model): boolean;
};

/** The rules in their plainest words; nothing here is taken from the program. False: refused. */
function moved(row: Row, from: readonly string[], to: string): boolean {
  if (!from.includes(row.state)) return false;
  row.state = to;
  return true;
}

const onRow =
  (place: Place, change: (row: Row) => boolean): Step['model'] =>
  ({ rows }) => {
    const row = rows.get(place);
    return row !== undefined && change(row);
  };

const waiting = ['pending', 'scheduled'];

function ended({ ends }: Row, end: string): void {
  if (ends.length > 0) ends[ends.length - 1] = end;
}

const answerTo = (closingId: string, rating: number): NewAnswer => ({
  surveyId: `survey-${closingId}`,
  closingId,
  rating,
  resolved: null,
  comment: null,
  at: now,
  source: 'test',
});

const isRefusal = (failure: unknown): boolean => failure instanceof Failure && failure.kind !== 'defect';

const steps = {
  report: (place: Place, late: number): Step => ({
    real: (ledger) =>
      recordClosing(ledger, {
        lane: 'live',
        conversationId: conversationOf(place),
        customerId: 'customer-1',
        closedAt: at(closedSeconds(place) + late),
        source: 'events',
        seenAt: now,
      }),
    model: ({ rows, reopened }) => {
      const isOver = [...reopened].some(
        (one) => conversationOf(one) === conversationOf(place) && one >= place,
      );
      if (!rows.has(place)) {
        rows.set(place, {
          state: isOver ? 'suppressed' : 'pending',
          holder: null,
          left: 0,
          permitted: 1,
          ends: [],
          addressed: false,
        });
      }
      return true;
    },
  }),
  /** Takes the same closing through the trial lane, as far as it gets. No rule of the live lane depends on it. */
  tryOut: (place: Place, length: number, result: ResultName): Step => ({
    real: async (ledger) => {
      const { closing } = await recordClosing(ledger, {
        lane: 'trial',
        conversationId: conversationOf(place),
        customerId: 'customer-1',
        closedAt: at(closedSeconds(place)),
        source: 'events',
        seenAt: now,
      });
      const { id } = closing;
      const reading = {
        worker: here,
        at: now,
        address: addressOf(place),
        since: at(0),
        reading: nothingRead,
      };
      const way = [
        () => decideClosing(ledger, { closingId: id, ...reading }, () => toSend(id, now, 'outbox')),
        () => claimClosing(ledger, id, here, now),
        () => markLeaving(ledger, id, here, now),
        () => recordDelivery(ledger, id, now, results[result], 0),
        () => recordAnswer(ledger, answerTo(id, 1)),
        () => cancelClosing(ledger, id, now),
        () => resendClosing(ledger, id, now),
        () => retryClosing(ledger, id, now),
      ];
      for (const step of way.slice(0, length)) {
        await step().catch((failure: unknown) => {
          if (!isRefusal(failure)) throw failure;
        });
      }
    },
    model: () => true,
  }),
  reopen: (place: Place): Step => ({
    real: (ledger) =>
      recordReopening(ledger, {
        conversationId: conversationOf(place),
        reopenedAt: at(reopenedSeconds(place)),
      }),
    model: ({ rows, reopened }) => {
      if (reopened.has(place)) return true;
      for (const [other, row] of rows) {
        // A closing that an earlier reopening ended stays as it is, even if it was decided again since.
        const isEnded = [...reopened].some(
          (one) => conversationOf(one) === conversationOf(other) && one >= other && one < place,
        );
        if (conversationOf(other) !== conversationOf(place) || other > place || isEnded) continue;
        moved(row, waiting, 'suppressed');
      }
      reopened.add(place);
      return true;
    },
  }),
  /** `displaced` gives way. It may be a closing that no longer waits, or one that is not known. */
  decide: (place: Place, send: boolean, displaced: Place | null = null): Step => {
    let expected: { holders: Place[]; unsubscribed: boolean };
    return {
      real: (ledger, idOf) =>
        decideClosing(
          ledger,
          {
            closingId: idOf(place),
            worker: here,
            at: now,
            address: addressOf(place),
            since: at(0),
            reading: nothingRead,
          },
          ({ id }, { unsubscribed, others }) => {
            const holders = others.map(({ closingId }) => closingId).sort();
            expect({ holders, unsubscribed }).toEqual({
              ...expected,
              holders: expected.holders.map(idOf).sort(),
            });
            if (!send) return { suppress: [{ code: 'too_old', detail: '' }] };
            return toSend(id, now, 'smtp', displaced === null ? [] : [idOf(displaced)]);
          },
        ),
      model: (model) => {
        const { rows, unsubscribed } = model;
        expected = { holders: holdersOf(place, model), unsubscribed: unsubscribed.has(addressOf(place)) };
        return onRow(place, (row) => {
          if (row.holder !== null && row.holder !== 'here') return false;
          if (!send) {
            return (
              ['sending', 'sent', 'uncertain', 'answered'].includes(row.state) ||
              moved(row, [...waiting, 'failed'], 'suppressed')
            );
          }
          if (![...waiting, 'failed'].includes(row.state)) return false;
          if (displaced !== null) {
            const other = rows.get(displaced);
            if (other === undefined || other === row) return false;
            if (!moved(other, [...waiting, 'failed'], 'suppressed')) return false;
          }
          row.addressed = true;
          return moved(row, [...waiting, 'failed'], 'scheduled');
        })(model);
      },
    };
  },
  unsubscribe: (place: Place): Step => ({
    real: (ledger) => unsubscribe(ledger, addressOf(place), now, 'page'),
    model: ({ rows, unsubscribed }) => {
      unsubscribed.add(addressOf(place));
      for (const [other, row] of rows) {
        if (addressOf(other) === addressOf(place)) moved(row, ['scheduled'], 'suppressed');
      }
      return true;
    },
  }),
  resubscribe: (place: Place): Step => ({
    real: (ledger) => resubscribe(ledger, addressOf(place)),
    model: ({ unsubscribed }) => {
      unsubscribed.delete(addressOf(place));
      return true;
    },
  }),
  claim: (place: Place, by: WorkerName): Step => ({
    real: (ledger, idOf) => claimClosing(ledger, idOf(place), workers[by], now),
    model: onRow(place, (row) => {
      if (row.holder === null || row.holder === 'dead') row.holder = by;
      return true;
    }),
  }),
  release: (place: Place): Step => ({
    real: (ledger, idOf) => releaseClaim(ledger, idOf(place), here),
    model: onRow(place, (row) => {
      if (row.holder === 'here') row.holder = null;
      return true;
    }),
  }),
  leave: (place: Place, by: WorkerName): Step => ({
    real: (ledger, idOf) => markLeaving(ledger, idOf(place), workers[by], now),
    model: onRow(place, (row) => {
      if (row.holder !== by || !moved(row, ['scheduled'], 'sending')) return false;
      row.left += 1;
      row.ends.push(null);
      return true;
    }),
  }),
  settle: (place: Place, result: ResultName): Step => ({
    real: (ledger, idOf) => recordDelivery(ledger, idOf(place), now, results[result], 0),
    model: onRow(place, (row) => {
      const { state } = row;
      const end = result === 'later' || result === 'never' ? 'not_sent' : result;
      // Others took the message over and doubt it; only the news that it arrived ends the doubt.
      if (state === 'uncertain' && result !== 'sent') return true;
      if (state === 'answered') {
        ended(row, end);
        return true;
      }
      const done = {
        sent: () => moved(row, ['sending', 'uncertain'], 'sent'),
        uncertain: () => moved(row, ['sending'], 'uncertain'),
        later: () => moved(row, ['sending', 'scheduled'], 'scheduled'),
        never: () => moved(row, ['sending', ...waiting], 'failed'),
      }[result]();
      if (done && state === 'sending' && end === 'not_sent') row.permitted += 1;
      if (done && state !== 'scheduled') ended(row, end);
      return done;
    }),
  }),
  restart: (): Step => ({
    real: (ledger) => resolveAbandonedSends(ledger, now),
    model: ({ rows }) => {
      for (const row of rows.values()) {
        const isHeld = row.holder === 'here' || row.holder === 'elsewhere';
        if (!isHeld && moved(row, ['sending'], 'uncertain')) ended(row, 'interrupted');
      }
      return true;
    },
  }),
  answer: (place: Place, rating: number): Step => ({
    real: (ledger, idOf) => recordAnswer(ledger, answerTo(idOf(place), rating)),
    model: onRow(place, (row) => {
      if (moved(row, ['sending', 'uncertain'], 'answered')) ended(row, 'sent');
      moved(row, ['sent'], 'answered');
      // A customer who answered is not surveyed again.
      if (row.ends.some((end) => end !== null && end !== 'not_sent')) {
        moved(row, [...waiting, 'failed', 'suppressed'], 'answered');
      }
      return true;
    }),
  }),
  /** An answer that a person recorded, even if no message had asked for it. */
  answerByHand: (place: Place, rating: number): Step => ({
    real: (ledger, idOf) =>
      recordAnswer(ledger, { ...answerTo(idOf(place), rating), unasked: { report: null, reading: null } }),
    model: onRow(place, (row) => {
      if (moved(row, ['sending', 'uncertain'], 'answered')) ended(row, 'sent');
      moved(row, ['sent', 'suppressed', 'failed', ...waiting], 'answered');
      return true;
    }),
  }),
  retry: (place: Place): Step => ({
    real: (ledger, idOf) => retryClosing(ledger, idOf(place), now),
    model: onRow(place, (row) => moved(row, ['failed', 'suppressed'], 'pending')),
  }),
  resend: (place: Place): Step => ({
    real: (ledger, idOf) => resendClosing(ledger, idOf(place), now),
    model: onRow(place, (row) => {
      if (row.state === 'uncertain') row.permitted += 1;
      return moved(row, ['uncertain'], 'pending');
    }),
  }),
  cancel: (place: Place): Step => ({
    real: (ledger, idOf) => cancelClosing(ledger, idOf(place), now),
    model: onRow(place, (row) => moved(row, [...waiting, 'failed'], 'suppressed')),
  }),
  confirm: (place: Place): Step => ({
    real: (ledger, idOf) => confirmSent(ledger, idOf(place), now),
    model: onRow(place, (row) => {
      const done = moved(row, ['sending', 'uncertain'], 'sent');
      if (done) ended(row, 'sent');
      return done;
    }),
  }),
};

const place = fc.constantFrom(...places);
const worker = fc.constantFrom<WorkerName>('here', 'here', 'dead', 'elsewhere');
type Written = {
  [Name in keyof typeof steps]: [Name, ...Parameters<(typeof steps)[Name]>];
}[keyof typeof steps];

/** Steps are plain values, so that a counterexample can be read. */
const oneStep: fc.Arbitrary<Written> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constant('report' as const), place, fc.integer({ min: 0, max: 20 })) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('reopen' as const), place) },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constant('tryOut' as const),
      place,
      fc.integer({ min: 0, max: 8 }),
      fc.constantFrom<ResultName>('sent', 'uncertain', 'later', 'never'),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(
      fc.constant('decide' as const),
      place,
      fc.constantFrom(true, true, false),
      fc.constantFrom<Place | null>(null, null, null, null, null, ...places),
    ),
  },
  { weight: 4, arbitrary: fc.tuple(fc.constant('claim' as const), place, worker) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('release' as const), place) },
  { weight: 5, arbitrary: fc.tuple(fc.constant('leave' as const), place, worker) },
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constant('settle' as const),
      place,
      fc.constantFrom<ResultName>('sent', 'uncertain', 'later', 'never'),
    ),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constant('restart' as const)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('answer' as const), place, fc.integer({ min: 1, max: 5 })) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constant('answerByHand' as const), place, fc.integer({ min: 1, max: 5 })),
  },
  { weight: 1, arbitrary: fc.tuple(fc.constant('unsubscribe' as const), place) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('resubscribe' as const), place) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('retry' as const), place) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('resend' as const), place) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('cancel' as const), place) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('confirm' as const), place) },
);

/** The usual way of a message, as far as it gets: chance alone would seldom reach its end. */
const usualWay: fc.Arbitrary<Written[]> = fc
  .tuple(
    place,
    worker,
    fc.constantFrom<ResultName>('sent', 'uncertain', 'later'),
    fc.integer({ min: 1, max: 6 }),
  )
  .map(([its, by, result, length]) => {
    const way: Written[] = [
      ['report', its, 0],
      ['decide', its, true],
      ['claim', its, by],
      ['leave', its, by],
      ['settle', its, result],
      ['answer', its, 5],
    ];
    return way.slice(0, length);
  });

const script: fc.Arbitrary<Written[]> = fc
  .array(
    fc.oneof({ weight: 5, arbitrary: oneStep.map((step) => [step]) }, { weight: 1, arbitrary: usualWay }),
    {
      maxLength: 40,
      size: 'max',
    },
  )
  .map((pieces) => pieces.flat());

/** The closings with their current states, by place. */
async function rowsOf(ledger: Ledger): Promise<Map<Place, { id: string; state: string }>> {
  const found = new Map<Place, { id: string; state: string }>();
  for (const first of [0, 1] as const) {
    for (const { id, state, closedAt } of await closingsOfConversation(
      ledger,
      conversationOf(first),
      'live',
    )) {
      const later = Date.parse(closedAt) >= Date.parse(at(120));
      const its = (later ? first + 2 : first) as Place;
      expect(found.has(its), `two rows of the closing ${its}`).toBe(false);
      found.set(its, { id, state });
    }
  }
  return found;
}

describe('the states of a closing', { timeout: proofTimeoutMs }, () => {
  test('are those of the plain rules after reports, verdicts, messages, answers and deaths in any order, whatever trials do meanwhile', async () => {
    const reached = new Set<string>();
    await holdsLater(
      fc.asyncProperty(script, (written) =>
        withEmptyLedger(async (ledger) => {
          const model: Model = { rows: new Map(), reopened: new Set(), unsubscribed: new Set() };
          for (const [name, ...given] of written) {
            const step = (steps[name] as (...args: unknown[]) => Step)(...given);
            const known = await rowsOf(ledger);
            const allowed = step.model(model);
            const refused = await step
              .real(ledger, (its) => known.get(its)?.id ?? 'unknown')
              .then(() => false)
              .catch((failure: unknown) => {
                if (!isRefusal(failure)) throw failure;
                return true;
              });
            const rows = await rowsOf(ledger);
            const states = Object.fromEntries([...rows].map(([its, { state }]) => [its, state]));
            const expected = Object.fromEntries([...model.rows].map(([its, { state }]) => [its, state]));
            expect(states, `after ${[name, ...given].join(' ')}`).toEqual(expected);
            if (known.size > 0 && name !== 'claim' && name !== 'release') {
              const its = given[0];
              if (its === undefined || known.has(its)) expect(refused, `${name} refused`).toBe(!allowed);
            }
            for (const row of model.rows.values()) {
              expect(row.left, 'messages that left').toBeLessThanOrEqual(row.permitted);
              reached.add(row.state);
            }
          }
        }),
      ),
      isWhole ? often(10_000, 1000) : often(200, 20),
    );
    // A state that nothing reaches proves no rules. The few runs on a server leave this check to the runs on a file.
    if (isOnServer && !isWhole) return;
    expect([...reached].sort()).toEqual([
      'answered',
      'failed',
      'pending',
      'scheduled',
      'sending',
      'sent',
      'suppressed',
      'uncertain',
    ]);
  });
});
