import { once } from 'node:events';
import { recordAnswer } from '../../src/store/answers/answers.ts';
import { claimClosing } from '../../src/store/queue/claims.ts';
import { claimNextDue } from '../../src/store/queue/next-due.ts';
import { currentWorker } from '../../src/store/ledger/workers.ts';
import { recordClosing } from '../../src/store/closings/closing-reports.ts';
import { decideClosing, markLeaving } from '../../src/store/queue/decisions.ts';
import { limiterStore } from '../../src/store/limiter.ts';
import { advanceCheckpoint } from '../../src/store/checkpoints.ts';
import { openLedger } from '../../src/store/open.ts';
import type { WriteCounters } from '../../src/store/sqlite/write-counter.ts';
import { copyLedger } from '../../src/store/ledger-copy.ts';
import { Failure } from '../../src/failure.ts';

/** What another process does for a test. It prints a line once loaded, waits for a line, then prints its answer. */
export type ChildTask =
  | { action: 'open'; location: string }
  | { action: 'report'; location: string; conversationId: string; closedAt: string }
  | { action: 'decide'; location: string; closingId: string; address: string; at: string; since: string }
  | { action: 'answer'; location: string; closingId: string; surveyId: string; ratings: number[] }
  | { action: 'take'; location: string; now: string }
  | { action: 'reserve'; location: string; nowMs: number; intervalMs: number; times: number }
  | { action: 'write'; location: string; writeCounters?: WriteCounters }
  /** Keeps a transaction open, with a row that nobody else sees yet. */
  | { action: 'hold'; location: string }
  | { action: 'write later'; location: string }
  | { action: 'copy'; location: string }
  | { action: 'leave'; location: string; closingId: string; now: string };

const task = JSON.parse(process.argv[2] ?? '') as ChildTask;

function tell(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

async function work(): Promise<unknown> {
  const ledger = await openLedger(
    task.location,
    'writeCounters' in task ? { writeCounters: task.writeCounters } : {},
  );
  switch (task.action) {
    case 'open':
      await ledger.close();
      return 'opened';
    case 'report': {
      const { conversationId, closedAt } = task;
      const recorded = await recordClosing(ledger, {
        lane: 'live',
        conversationId,
        customerId: null,
        closedAt,
        source: 'events',
        seenAt: closedAt,
      });
      await ledger.close();
      return { id: recorded.closing.id, isNew: recorded.isNew };
    }
    case 'decide': {
      const { closingId, address, since } = task;
      const reading = { readAt: null, evidence: null, customer: null, agent: null, customerId: null };
      const closing = await decideClosing(
        ledger,
        { closingId, worker: currentWorker(), at: task.at, address, since, reading },
        (_, history) =>
          history.others.length > 0
            ? { suppress: [{ code: 'recently_surveyed', detail: '' }] }
            : {
                send: {
                  dueAt: task.at,
                  surveyId: `s-${closingId}`,
                  provider: 'smtp',
                  surveyUrl: 'http://localhost/',
                },
                displaces: [],
              },
      );
      await ledger.close();
      return closing.state;
    }
    case 'answer': {
      const { closingId, surveyId } = task;
      for (const rating of task.ratings) {
        const content = { rating, resolved: null, comment: null, at: '2026-11-22T10:00:00.000Z' };
        await recordAnswer(ledger, { surveyId, closingId, ...content, source: 'page' });
      }
      await ledger.close();
      return 'answered';
    }
    case 'take': {
      const taken: string[] = [];
      for (;;) {
        const closing = await claimNextDue(ledger, currentWorker(), task.now, 'live');
        if (closing === null) break;
        taken.push(closing.id);
      }
      tell(taken);
      await once(process.stdin, 'end');
      return null;
    }
    case 'reserve': {
      const slots: unknown[] = [];
      for (let time = 0; time < task.times; time += 1) {
        slots.push(
          await limiterStore(ledger).reserve('requests', {
            nowMs: task.nowMs,
            intervalMs: task.intervalMs,
            priority: 'background',
          }),
        );
      }
      await ledger.close();
      return slots;
    }
    case 'write':
      for (let number = 0; ; number += 1) {
        const time = new Date(Date.UTC(2026, 0, 1) + number * 120_000).toISOString();
        await recordClosing(ledger, {
          lane: 'live',
          conversationId: `conversation-${number}`,
          customerId: 'x'.repeat(5000),
          closedAt: time,
          source: 'report',
          seenAt: time,
        });
        tell(number);
      }
    case 'hold':
      await ledger.write('ledger', async (trx) => {
        await trx
          .insertInto('unsubscribes')
          .values({ address: 'held@example.com', at: '2026-11-22T10:00:00.000Z', source: 'page' })
          .execute();
        tell('holding');
        await once(process.stdin, 'end');
      });
      await ledger.close();
      return 'let go';
    case 'write later':
      tell('opened');
      await once(process.stdin, 'end');
      await advanceCheckpoint(ledger, { lane: 'live', name: 'until' }, '2026-11-22T10:00:00.000Z');
      return 'written';
    case 'copy': {
      const copy = await copyLedger(ledger);
      tell(copy.location);
      await once(process.stdin, 'end');
      await copy.close();
      return 'closed';
    }
    case 'leave': {
      await claimClosing(ledger, task.closingId, currentWorker(), task.now);
      await markLeaving(ledger, task.closingId, currentWorker(), task.now);
      tell('leaving');
      await once(process.stdin, 'end');
      return null;
    }
  }
}

async function run(): Promise<void> {
  tell('ready');
  await once(process.stdin, 'data');
  try {
    tell(await work());
  } catch (error) {
    tell(
      error instanceof Failure ? { failed: error.code, message: error.message } : { defect: String(error) },
    );
  }
  process.stdin.destroy();
}

void run();
