import { describe, expect, test } from 'vitest';
import { checkFailures } from '../../src/commands/program/long-run.ts';
import type { BackfillDocument } from '../../src/documents/backfill.ts';
import { Failure } from '../../src/failure.ts';

interface Run {
  closings: number;
  failed?: number;
  listed?: number;
  /** How many of the listed closings no run tries again. */
  final?: number;
  failedNow?: number;
  unread?: number;
  dryRun?: boolean;
}

function told({
  closings,
  failed = 0,
  listed = failed,
  failedNow = listed,
  unread,
  dryRun = false,
  ...run
}: Run) {
  const document: BackfillDocument = {
    dryRun,
    range: null,
    sources: [],
    explanation: [],
    closings,
    outcomes: { sent: 0, scheduled: 0, suppressed: 0, uncertain: 0, failed, pending: 0 },
    thisRun: { sent: 0, scheduled: 0, suppressed: 0, uncertain: 0, failed: failedNow },
    reasons: {},
    requests: { gladly: 0, byOperation: {}, retried: 0, rateLimited: 0 },
    missing: [],
    failures: Array.from({ length: listed }, (_, at) => ({
      conversationId: `c${at}`,
      error: { code: 'rate_limited', message: 'too many' },
      retryAt: at < (run.final ?? unread ?? 0) ? null : '2026-07-20T12:00:00.000Z',
    })),
    end: 'done',
    error: null,
    left: 0,
    queued: 0,
    delivery: 'smtp',
    pause: null,
    fullHour: null,
    counted: null,
    plan: null,
    exports: null,
    seconds: 1,
  };
  try {
    checkFailures(document, unread);
    return null;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { kind, code, message, hint } = error;
    return { kind, code, message, hint };
  }
}

const states = (list: string, advice = 'A later run will retry them.'): string =>
  `${advice} \`gcsat surveys list --state ${list}\` lists those in the ledger.`;

const byHand = 'fix the cause, then use `gcsat surveys retry`';

describe('what failed in a long run', () => {
  test.each<[string, Run, string, string]>([
    ['closings', { closings: 12, failed: 3 }, '3 of 12 closings failed', states('failed')],
    [
      'closings that were refused',
      { closings: 12, failed: 3, final: 3 },
      '3 of 12 closings failed',
      states('failed', `They will not be retried automatically: ${byHand}.`),
    ],
    [
      'one of them refused',
      { closings: 12, failed: 3, final: 1 },
      '3 of 12 closings failed',
      states('failed', `A later run will retry 2 of them; for the other 1, ${byHand}.`),
    ],
    [
      'a refused one beside a named conversation that could not be read',
      { closings: 12, failed: 1, listed: 2, unread: 1, final: 2 },
      '2 of 13 closings failed',
      states('failed', `They will not be retried automatically: ${byHand}.`),
    ],
    [
      'a message that waits',
      { closings: 2000, listed: 1 },
      '1 of 2000 closings could not be sent yet',
      states('scheduled'),
    ],
    [
      'both, one of an earlier run',
      { closings: 9, failed: 2, listed: 3, failedNow: 1 },
      '2 of 9 closings failed, 1 of 9 closings could not be sent yet',
      states('failed,scheduled'),
    ],
    [
      'named conversations that could not be read',
      { closings: 2, listed: 1, unread: 1 },
      '1 of 3 closings failed',
      'Fix the cause given for each, then run the command with them again.',
    ],
    [
      'some of each',
      { closings: 5, failed: 1, listed: 4, unread: 2 },
      '3 of 7 closings failed, 1 of 7 closings could not be sent yet',
      states('failed,scheduled'),
    ],
    [
      'closings that are in the queue besides',
      { closings: 10, failedNow: 4 },
      '4 other closings in the queue failed',
      states('failed,scheduled'),
    ],
    [
      'in a dry run',
      { closings: 4, failed: 1, dryRun: true },
      '1 of 4 closings failed',
      'A dry run records nothing, and the run itself may fail in the same way.',
    ],
  ])('%s', (_name, run, message, hint) => {
    expect(told(run)).toEqual({ kind: 'partial', code: 'closings_failed', message, hint });
  });

  test('nothing', () => expect(told({ closings: 3 })).toBeNull());
});
