import { noFormAnswers } from '../../../src/domain/survey/form.ts';
import { formRowOf } from '../../../src/store/answers/rows.ts';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, test } from 'vitest';
import { doubtHint } from '../../../src/domain/closing/doubt.ts';
import { trialOf } from '../../../src/domain/closing/identity.ts';
import { lanes, type Lane } from '../../../src/domain/values/lanes.ts';
import type { ClosingState } from '../../../src/domain/closing/transitions.ts';
import { customerKeys } from '../../../src/store/ledger/customer-keys.ts';
import { surveyIdOf } from '../../../src/domain/survey/token.ts';
import { addressHistory } from '../../../src/store/addresses/history.ts';
import { isUnsubscribed } from '../../../src/store/addresses/unsubscribes.ts';
import { recordAnswer } from '../../../src/store/answers/answers.ts';
import { cardsDue } from '../../../src/store/answers/cards-due.ts';
import { readCheckpoint } from '../../../src/store/checkpoints.ts';
import { knownClosing, recordClosing } from '../../../src/store/closings/closing-reports.ts';
import { closingById, closingOfSurvey } from '../../../src/store/closings/closings.ts';
import { limiterStore } from '../../../src/store/limiter.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { claimNextDue } from '../../../src/store/queue/next-due.ts';
import { decideClosing } from '../../../src/store/queue/decisions.ts';
import { countClosings } from '../../../src/store/views/counts.ts';
import { story } from '../../../src/store/views/story.ts';
import { listClosings } from '../../../src/store/views/surveys.ts';
import {
  everyVersion,
  here,
  inProcesses,
  nothingRead,
  opened,
  shapeOf,
  temporaryFile,
  toSend,
} from '../support.ts';

/** What became of each closing in each lane; null: the lane does not know it. */
const became: Record<string, { [lane in Lane]: ClosingState | null }> = {
  'tried-sent': { live: null, trial: 'sent' },
  'tried-posted': { live: null, trial: 'answered' },
  'tried-page': { live: null, trial: 'answered' },
  'tried-card': { live: null, trial: 'answered' },
  'tried-suppressed': { live: null, trial: 'suppressed' },
  'tried-scheduled': { live: null, trial: 'scheduled' },
  'tried-pending': { live: null, trial: 'pending' },
  // A person canceled it.
  'tried-cancelled': { live: 'suppressed', trial: 'suppressed' },
  'regular-tried': { live: null, trial: 'sent' },
  'regular-sent': { live: 'sent', trial: null },
  'first-tried-sent': { live: 'sent', trial: 'sent' },
  'first-tried-answered': { live: 'answered', trial: 'answered' },
  'first-tried-suppressed': { live: 'suppressed', trial: 'sent' },
  'first-tried-pending': { live: 'pending', trial: 'sent' },
  'live-pending': { live: 'pending', trial: null },
  'live-scheduled': { live: 'scheduled', trial: null },
  'live-sent': { live: 'sent', trial: null },
  'live-page': { live: 'answered', trial: null },
  'live-uncertain': { live: 'uncertain', trial: null },
  'live-failed': { live: 'failed', trial: null },
  'live-suppressed-twice': { live: 'suppressed', trial: null },
  // Suppressed for real, then tried: the trial took the row over.
  'live-suppressed': { live: null, trial: 'sent' },
  displaced: { live: null, trial: 'suppressed' },
  displacing: { live: 'scheduled', trial: null },
  // A live message was in doubt, and a person had the closing decided again.
  'doubt-suppressed': { live: 'suppressed', trial: null },
  'doubt-cancelled': { live: 'suppressed', trial: null },
  'doubt-tried': { live: 'uncertain', trial: 'answered' },
  'doubt-refused': { live: 'uncertain', trial: 'suppressed' },
  'doubt-answered': { live: 'answered', trial: 'sent' },
  'doubt-pending': { live: 'pending', trial: 'sent' },
};

const dump = readFileSync(join(import.meta.dirname, '../version-4.sql'), 'utf8');

type Row = Record<string, unknown>;

/** A file as version 4 left it. */
function versionFour(...more: string[]): string {
  const path = temporaryFile();
  const database = new DatabaseSync(path);
  for (const script of [dump, ...more]) database.exec(script);
  database.close();
  return path;
}

/** A whole table of version 4. */
function before(table: string): Row[] {
  const database = new DatabaseSync(versionFour());
  const rows = database.prepare(`SELECT * FROM ${table}`).all() as Row[];
  database.close();
  return rows.map((row) => ({ ...row }));
}

async function after(ledger: Ledger, table: string): Promise<Row[]> {
  const { rows } = await ledger.read((db) => sql.raw<Row>(`SELECT * FROM ${table}`).execute(db));
  return rows;
}

/** The id that a closing has in the live lane, or would have, by the name of its conversation. */
const ids = new Map(before('closings').map((row) => [String(row['conversation_id']), String(row['id'])]));
const idOf = (name: string, lane: Lane = 'live'): string =>
  lane === 'live' ? ids.get(name)! : trialOf(ids.get(name)!);
const nameOf = (row: Row): string => String(row['closing_id']).split('@')[0]!;

/** The survey that version 4 made for a trial. */
const trialSurveyOf = (name: string): string =>
  createHash('sha256')
    .update(`trial\0${surveyIdOf(idOf(name))}`)
    .digest('base64url')
    .slice(0, 22);

const sorted = (rows: readonly Row[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
const without = (row: Row, ...columns: string[]): Row =>
  Object.fromEntries(Object.entries(row).filter(([column]) => !columns.includes(column)));

/** Version 7 changes what was advised about a message in doubt. */
function withoutOldAdvice(row: Row, state: unknown): unknown {
  const error = row['error'];
  if (state !== 'uncertain' || typeof error !== 'string') return error;
  return JSON.stringify({ ...JSON.parse(error), hint: doubtHint(String(row['survey_id'])) });
}

const migrated = (): Promise<Ledger> => opened(versionFour());

/** The evidence of a version that kept all of a timeline. */
function withNothingOmitted(evidence: Record<'attribution' | 'timeline', object | null>): object {
  const whole = (part: object | null): object | null => part && { ...part, omitted: null };
  return { ...evidence, attribution: whole(evidence.attribution), timeline: whole(evidence.timeline) };
}

describe('a ledger of version 4, whose trials and live surveys shared their rows,', () => {
  test('is brought to the new version once by processes that open it at the same time', async () => {
    const location = versionFour();
    const tasks = Array.from({ length: 4 }, () => ({ action: 'open' as const, location }));
    expect(await inProcesses(tasks)).toEqual(tasks.map(() => 'opened'));
    const ledger = await opened(location);
    expect(await after(ledger, 'ledger_version')).toEqual(everyVersion.map((version) => ({ version })));
    const count = Object.values(became)
      .flatMap(({ live, trial }) => [live, trial])
      .filter(Boolean).length;
    expect(await after(ledger, 'closings')).toHaveLength(count);
  });

  test('ends with the same tables as a new one, sound, and with nothing that refers to nothing', async () => {
    const ledger = await migrated();
    expect(await shapeOf(ledger)).toEqual(await shapeOf(await opened(temporaryFile())));
    const check = (pragma: string): Promise<unknown> =>
      ledger.read(async (db) => (await sql.raw(`PRAGMA ${pragma}`).execute(db)).rows);
    expect(await check('foreign_key_check')).toEqual([]);
    expect(await check('integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });

  test('has every closing in the lanes that it belongs to, each with its own key and survey', async () => {
    const ledger = await migrated();
    expect([...ids.keys()].sort()).toEqual(Object.keys(became).sort());
    const states: Record<string, unknown> = {};
    for (const name of ids.keys()) {
      const [live, trial] = await Promise.all(lanes.map((lane) => closingById(ledger, idOf(name, lane))));
      states[name] = { live: live?.state ?? null, trial: trial?.state ?? null };
      if (live) {
        expect(live).toMatchObject({ lane: 'live', conversationId: name });
        expect([null, surveyIdOf(live.id)]).toContain(live.surveyId);
        expect(live.provider).not.toBe('outbox');
      }
      if (trial) {
        expect(trial).toMatchObject({ lane: 'trial', conversationId: name, provider: 'outbox' });
        expect([null, trialSurveyOf(name)]).toContain(trial.surveyId);
      }
    }
    expect(states).toEqual(became);
  });

  test('keeps what a closing that stays in its lane is, to the last column', async () => {
    const ledger = await migrated();
    const now = new Map((await after(ledger, 'closings')).map((row) => [row['id'], row]));
    for (const row of before('closings')) {
      const name = String(row['conversation_id']);
      const { live, trial } = became[name]!;
      const isTried = row['provider'] === 'outbox';
      const kept = isTried ? 'trial' : 'live';
      const { lane, ...columns } = now.get(idOf(name, kept))!;
      expect(lane).toBe(kept);
      const ofVersionFour = Object.fromEntries(Object.entries(columns).filter(([column]) => column in row));
      // A suppressed trial had kept a survey of the live lane.
      const lost = trial === 'suppressed' && row['survey_id'] === surveyIdOf(idOf(name));
      expect(ofVersionFour).toEqual({
        ...row,
        id: idOf(name, kept),
        error: withoutOldAdvice(row, row['state']),
        ...(lost ? { survey_id: null, survey_url: null, address: null } : {}),
      });
      expect(columns).toMatchObject({
        forgotten_at: null,
        ...customerKeys(JSON.parse(String(row['customer'])) as Parameters<typeof customerKeys>[0]),
      });
      const codes = (JSON.parse(String(row['reasons'])) as { code: string }[]).map(({ code }) => code);
      expect(String(columns['reason_codes'])).toBe(codes.join(','));
      if (isTried && live === null) expect(now.has(idOf(name))).toBe(false);
    }
  });

  test('loses no message, answer, card or step of a history', async () => {
    const ledger = await migrated();
    const message = (row: Row): Row => ({ ...without(row, 'closing_id'), of: nameOf(row) });
    expect(sorted((await after(ledger, 'messages')).map(message))).toEqual(
      sorted(
        before('messages')
          .map((row) => ({
            ...row,
            error: withoutOldAdvice(row, row['outcome']),
            brand: null,
            form_id: null,
          }))
          .map(message),
      ),
    );
    for (const row of await after(ledger, 'messages')) {
      const lane = row['provider'] === 'outbox' ? 'trial' : 'live';
      expect(row['closing_id']).toBe(idOf(nameOf(row), lane));
    }
    expect(before('answers')).toHaveLength(8);
    for (const table of ['answers', 'cards_due']) {
      const expected = before(table).map((row) => {
        const name = nameOf(row);
        const isTrials = row['survey_id'] === trialSurveyOf(name);
        expect(isTrials || row['survey_id'] === surveyIdOf(idOf(name))).toBe(true);
        const nothing = table === 'answers' ? formRowOf(noFormAnswers) : {};
        return { ...row, ...nothing, closing_id: idOf(name, isTrials ? 'trial' : 'live') };
      });
      expect(sorted(await after(ledger, table))).toEqual(sorted(expected));
    }
    const steps = before('history').map((row) => {
      const name = nameOf(row);
      const transition = row['transition'] === 'supersede_trial' ? 'retry' : row['transition'];
      // The live closing keeps its history; a trial without a live closing has all of it.
      return { ...row, closing_id: idOf(name, became[name]!.live === null ? 'trial' : 'live'), transition };
    });
    expect(sorted(await after(ledger, 'history'))).toEqual(sorted(steps));
    for (const table of [
      'cards',
      'visits',
      'unsubscribes',
      'reopenings',
      'directories',
      'organization',
      'locks',
    ]) {
      expect([table, sorted(await after(ledger, table))]).toEqual([table, sorted(before(table))]);
    }
    expect(await isUnsubscribed(ledger, 'unsubscribed@example.com')).toBe(true);
  });

  test('shows a live decision the address as it was: nobody is surveyed twice, and no trial counts', async () => {
    const ledger = await migrated();
    const held: Record<string, unknown> = {};
    for (const address of new Set(before('messages').map((row) => String(row['address'])))) {
      const question = { address, since: '2026-01-01T00:00:00.000Z', lane: 'live', except: null } as const;
      const { others } = await addressHistory(ledger, question);
      for (const other of others) expect(other.lane).toBe('live');
      if (others.length > 0)
        held[address] = others.map(({ conversationId, state }) => `${conversationId} ${state}`);
    }
    expect(held).toEqual({
      'first-tried-sent@example.com': ['first-tried-sent sent'],
      'first-tried-answered@example.com': ['first-tried-answered answered'],
      'regular@example.com': ['regular-sent sent'],
      'live-sent@example.com': ['live-sent sent'],
      'live-page@example.com': ['live-page answered'],
      'live-uncertain@example.com': ['live-uncertain uncertain'],
      'doubt-suppressed@example.com': ['doubt-suppressed uncertain'],
      'doubt-cancelled@example.com': ['doubt-cancelled uncertain'],
      'doubt-tried@example.com': ['doubt-tried uncertain'],
      'doubt-refused@example.com': ['doubt-refused uncertain'],
      'doubt-answered@example.com': ['doubt-answered answered'],
    });
    // When the message left, as the table of messages says.
    for (const [address, since, count] of [
      ['live-uncertain@example.com', 0, 1],
      ['live-uncertain@example.com', 1, 0],
      ['doubt-tried@example.com', 0, 1],
      ['doubt-tried@example.com', 1, 0],
    ] as const) {
      const left = before('messages').find((row) => row['address'] === address)!['left_at'];
      const from = new Date(Date.parse(String(left)) + since).toISOString();
      const question = { address, since: from, lane: 'live', except: null } as const;
      expect((await addressHistory(ledger, question)).others).toHaveLength(count);
    }
  });

  test('has in its trial lane nothing that keeps a closing from being surveyed, and surveys no other again', async () => {
    const ledger = await migrated();
    for (const [name, { live }] of Object.entries(became)) {
      const closedAt = idOf(name).split('@')[1]!;
      const { closing, isNew } = await recordClosing(ledger, {
        lane: 'live',
        conversationId: name,
        customerId: null,
        closedAt,
        source: 'events',
        seenAt: '2026-12-01T00:00:00.000Z',
      });
      expect([name, closing.state, isNew]).toEqual([name, live ?? 'pending', live === null]);
      if (live !== null) continue;
      const address = `${name}@example.com`;
      const input = {
        closingId: closing.id,
        worker: here,
        at: '2026-12-01T00:00:01.000Z',
        address,
        since: '2026-01-01T00:00:00.000Z',
        reading: nothingRead,
      };
      const decided = await decideClosing(ledger, input, (own, history) => {
        expect(history).toEqual({ unsubscribed: false, others: [] });
        return toSend(own.id, input.at);
      });
      expect(decided.state).toBe('scheduled');
    }
  });

  test('hands out the closings of each queue to its own lane', async () => {
    const ledger = await migrated();
    const taken = async (lane: Lane, now: string): Promise<string[]> => {
      const names: string[] = [];
      for (;;) {
        const closing = await claimNextDue(ledger, here, now, lane);
        if (closing === null) return names.sort();
        expect(closing.lane).toBe(lane);
        names.push(closing.conversationId);
      }
    };
    const [soon, later] = ['2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'];
    expect(await taken('trial', soon)).toEqual(['tried-pending']);
    expect(await taken('live', soon)).toEqual(['doubt-pending', 'first-tried-pending', 'live-pending']);
    expect(await taken('trial', later)).toEqual(['tried-scheduled']);
    expect(await taken('live', later)).toEqual(['displacing', 'live-scheduled']);
  });

  test('counts the reasons of each lane', async () => {
    const ledger = await migrated();
    const range = { since: '2026-01-01T00:00:00.000Z', until: '2027-01-01T00:00:00.000Z' };
    expect(await countClosings(ledger, { lane: 'live', ...range })).toEqual({
      states: { pending: 3, scheduled: 2, sent: 3, answered: 3, uncertain: 3, failed: 1, suppressed: 5 },
      reasons: { customer_excluded: 3, no_customer_message: 1, cancelled: 2 },
    });
    expect(await countClosings(ledger, { lane: 'trial', ...range })).toEqual({
      states: { pending: 1, scheduled: 1, sent: 8, answered: 5, suppressed: 4 },
      reasons: { customer_excluded: 3, cancelled: 1, recently_surveyed: 1 },
    });
  });

  test('knows how far closings were looked for, and at which times each was reported, in each lane', async () => {
    const ledger = await migrated();
    const marks = Object.fromEntries(before('marks').map((row) => [row['name'], row['at']]));
    const read = (lane: Lane, name: 'started' | 'until'): Promise<string | null> =>
      readCheckpoint(ledger, { lane, name });
    expect({
      sync_started: await read('live', 'started'),
      sync_until: await read('live', 'until'),
      trial_started: await read('trial', 'started'),
      trial_until: await read('trial', 'until'),
    }).toEqual(marks);
    expect(await after(ledger, 'checkpoints')).toHaveLength(4);

    const expected = before('sightings').map((row) => {
      const lane: Lane = became[nameOf(row)]!.live === null ? 'trial' : 'live';
      return { ...row, lane, closing_id: idOf(nameOf(row), lane) };
    });
    const columns = ['lane', 'conversation_id', 'closed_at', 'closing_id', 'source', 'seen_at'];
    const inOrder = (rows: readonly Row[]): string[] =>
      sorted(rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column]]))));
    expect(expected.some(({ lane }) => lane === 'trial')).toBe(true);
    expect(inOrder(await after(ledger, 'closing_reports'))).toEqual(inOrder(expected));
    for (const { lane, conversation_id, closed_at, closing_id } of expected as Record<string, string>[]) {
      const key = { lane: lane as Lane, conversationId: conversation_id!, closedAt: closed_at! };
      expect((await knownClosing(ledger, key))?.id).toBe(closing_id);
    }
  });

  test('keeps the pace of requests, and that a person goes first', async () => {
    const ledger = await migrated();
    const [limits] = before('limits') as Record<string, number>[];
    const ask = { intervalMs: 100, priority: 'background' } as const;
    const slot = await limiterStore(ledger).reserve('requests', {
      ...ask,
      nowMs: limits!['hand_until']! - 1,
    });
    expect(slot).toEqual({ askAgainMs: limits!['hand_until'] });
  });

  test('still reads the evidence of a verdict', async () => {
    const ledger = await migrated();
    for (const row of before('closings')) {
      const name = String(row['conversation_id']);
      const evidence = row['evidence'] as string | null;
      for (const lane of lanes) {
        const closing = await closingById(ledger, idOf(name, lane));
        if (closing === null) continue;
        expect(closing.evidence).toEqual(evidence === null ? null : withNothingOmitted(JSON.parse(evidence)));
      }
    }
  });

  test('lists each closing once, the live one where there is one', async () => {
    const ledger = await migrated();
    const listed: string[] = [];
    for await (const { closing } of listClosings(ledger, {}, '2026-12-01T00:00:00.000Z'))
      listed.push(closing.id);
    const expected = Object.entries(became).map(([name, { live }]) =>
      idOf(name, live === null ? 'trial' : 'live'),
    );
    expect(listed.sort()).toEqual(expected.sort());
  });

  const answered = (ledger: Ledger, surveyId: string, closingId: string) =>
    recordAnswer(ledger, {
      surveyId,
      closingId,
      rating: 2,
      resolved: null,
      comment: null,
      at: '2026-12-01T00:00:00.000Z',
      source: 'page',
    });

  test.each([
    'doubt-tried',
    'doubt-refused',
    'doubt-pending',
    'doubt-suppressed',
    'doubt-cancelled',
    'live-uncertain',
  ])('takes the answer to a live message in doubt as the proof of its arrival: %s', async (name) => {
    const ledger = await migrated();
    const surveyId = surveyIdOf(idOf(name));
    const closing = await closingOfSurvey(ledger, surveyId);
    expect(closing).toMatchObject({ id: idOf(name), lane: 'live', surveyId, provider: 'smtp' });
    const trial = await closingById(ledger, idOf(name, 'trial'));
    await answered(ledger, surveyId, closing!.id);
    const { closing: now, messages } = await story(ledger, idOf(name));
    expect(now).toMatchObject({ state: 'answered', surveyId, provider: 'smtp' });
    expect(messages.at(-1)).toMatchObject({ provider: 'smtp', outcome: 'sent' });
    expect(await closingById(ledger, idOf(name, 'trial'))).toEqual(trial);
  });

  test('takes the answer to a trial for the trial alone, and has its card due', async () => {
    const ledger = await migrated();
    for (const name of ['tried-sent', 'first-tried-sent', 'first-tried-pending', 'doubt-tried']) {
      const live = await closingById(ledger, idOf(name));
      const surveyId = trialSurveyOf(name);
      expect(await closingOfSurvey(ledger, surveyId)).toMatchObject({ id: idOf(name, 'trial') });
      await answered(ledger, surveyId, idOf(name, 'trial'));
      expect(await closingById(ledger, idOf(name, 'trial'))).toMatchObject({ state: 'answered' });
      expect(await closingById(ledger, idOf(name))).toEqual(live);
    }
    const due = await cardsDue(ledger, 99, '2026-12-02T00:00:00.000Z');
    expect(due).toContainEqual({
      surveyId: trialSurveyOf('tried-card'),
      closingId: idOf('tried-card', 'trial'),
    });
    expect(due).toHaveLength(5);
  });

  test('has the trial of a closing that was surveyed since as its last message left it', async () => {
    const outcome = (name: string, value: string | null): string =>
      `UPDATE messages SET outcome = ${value === null ? 'NULL' : `'${value}'`}, error = '{"code":"x","message":"","hint":""}'
       WHERE provider = 'outbox' AND closing_id = '${idOf(name)}';`;
    const ledger = await opened(
      versionFour(
        outcome('first-tried-sent', 'not_sent'),
        outcome('first-tried-suppressed', 'interrupted'),
        outcome('first-tried-pending', null),
      ),
    );
    const trial = (name: string) => closingById(ledger, idOf(name, 'trial'));
    expect(await trial('first-tried-sent')).toMatchObject({
      state: 'failed',
      dueAt: null,
      leftAt: null,
      sentAt: null,
      error: { code: 'x' },
    });
    for (const name of ['first-tried-suppressed', 'first-tried-pending']) {
      const closing = await trial(name);
      expect(closing).toMatchObject({ state: 'uncertain', sentAt: null });
      expect(closing?.leftAt).not.toBeNull();
    }
    expect((await closingById(ledger, idOf('first-tried-sent')))?.state).toBe('sent');
  });
});
