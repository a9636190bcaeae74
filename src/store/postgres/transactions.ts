import { setTimeout as sleep } from 'node:timers/promises';
import type { PermitOrder } from '../../domain/values/semaphore.ts';
import { Failure } from '../../failure.ts';
import type { Alone, Further, Reading, Writing } from '../ledger/ledger.ts';
import { newToken, tokenStatements, wasCommitted } from './commits.ts';
import { databaseOn, kinds, type Transaction } from './dialect.ts';
import { isConflict, isCrowded, isLost, postgresFailure } from './failures.ts';
import { lockStatements, tryingLock } from './locks.ts';
import type { Connections, Session } from './pool.ts';

const statementMs = 60_000;
/**
 * A process that is suspended in mid-transaction must not hold up the others, nor keep old rows from being cleared
 * away.
 */
const idleMs = 30_000;
const mostConflicts = 5;
/** How long to ask what became of a COMMIT: one that never arrived is known once the server has ended its session. */
const askingMs = idleMs + 15_000;
const longestPauseMs = 1000;

export interface TransactionOptions {
  connections: Connections;
  /** For messages. */
  shown: string;
  /** How long a write waits for another process, or for a server that cannot be reached. */
  patienceMs: number;
  /** Called in every transaction, with the version of the ledger. @throws Failure when it is too new */
  refuse: (version: number) => void;
  /** Called with the server's time, in milliseconds, whenever it is heard. */
  heard: (serverMs: number) => void;
  /** Statements that begin every transaction that writes. */
  settings: readonly string[];
}

export interface Transactions {
  read<T>(work: (db: Reading) => Promise<T>): Promise<T>;
  write<T>(
    alone: Alone,
    work: (trx: Writing, further: Further) => Promise<T>,
    order?: PermitOrder,
  ): Promise<T>;
}

/** The answer to a COMMIT did not come: the transaction may or may not be committed. */
class CommitUnanswered extends Error {}

export function transactionsOf(options: TransactionOptions): Transactions {
  const { connections, shown, patienceMs } = options;
  const { reading, writing } = kinds();

  function inSession<T>(
    session: Session,
    kind: typeof reading,
    begin: readonly string[],
    work: (trx: Writing) => Promise<T>,
  ): Promise<T> {
    return databaseOn(session, kind, sessionTransaction(session, begin, options))
      .transaction()
      .execute(work);
  }

  /** Asks whether the transaction was committed, until the server answers or the time is up. */
  async function askIfCommitted(token: string): Promise<boolean> {
    const deadline = performance.now() + askingMs;
    for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        return await connections.use('first', async (session) => {
          try {
            return await wasCommitted(session, token);
          } catch (error) {
            session.break();
            throw error;
          }
        });
      } catch (error) {
        if (performance.now() >= deadline) throw postgresFailure(error, shown);
      }
      await sleep(pauseMs);
    }
  }

  return {
    read: (work) =>
      patiently(patienceMs, shown, () =>
        connections
          .use('in_line', (session) => inSession(session, reading, beginReading(patienceMs), work))
          .catch((error: unknown) => {
            // It only read, so it may be repeated.
            throw error instanceof CommitUnanswered ? error.cause : error;
          }),
      ),
    write: <T>(
      alone: Alone,
      work: (trx: Writing, further: Further) => Promise<T>,
      order: PermitOrder = 'in_line',
    ) =>
      patiently(patienceMs, shown, async () => {
        const token = newToken();
        // Kept outside: the transaction may be committed although no answer came.
        const results: T[] = [];
        try {
          return await connections.use(order, (session) =>
            inSession(session, writing, beginWriting(alone, token, options), async (trx) => {
              results.push(await work(trx, furtherOf(session)));
              return results[0] as T;
            }),
          );
        } catch (error) {
          if (!(error instanceof CommitUnanswered)) throw error;
          if (await askIfCommitted(token)) return results[0] as T;
          // It was not committed and never can be, so it may be repeated.
          throw error.cause;
        }
      }),
  };
}

function furtherOf(session: Session): Further {
  return {
    async tryAlone(name) {
      const [answer] = await session.query(tryingLock(name));
      return answer?.rows[0]?.['yes'] === true;
    },
  };
}

/**
 * Repeats work that failed for a reason that passes by itself.
 * @throws Failure; errors that are not the server's, as they are
 */
export async function patiently<T>(patienceMs: number, shown: string, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + patienceMs;
  let conflicts = 0;
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Failure) throw error;
      const isPassing = isLost(error) || isCrowded(error);
      if (isConflict(error)) conflicts += 1;
      const isHopeless = isConflict(error)
        ? conflicts > mostConflicts
        : !isPassing || performance.now() >= deadline;
      if (isHopeless) throw postgresFailure(error, shown);
    }
    await sleep(pauseMs * (0.5 + Math.random()));
  }
}

/** Set for one transaction, because a pooler lends the connection to others afterward. */
function limits(lockMs: number): string[] {
  return [
    `SET LOCAL lock_timeout = ${Math.max(1, Math.round(lockMs))}`,
    `SET LOCAL statement_timeout = ${statementMs}`,
    `SET LOCAL idle_in_transaction_session_timeout = ${idleMs}`,
  ];
}

const look = `SELECT (SELECT max(version) FROM ledger_version) AS version,
  extract(epoch FROM clock_timestamp()) * 1000 AS now`;

function beginReading(patienceMs: number): string[] {
  return ['BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', ...limits(patienceMs), look];
}

function beginWriting(
  alone: Alone,
  token: string,
  { patienceMs, settings }: Pick<TransactionOptions, 'patienceMs' | 'settings'>,
): string[] {
  return [
    'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE',
    ...limits(patienceMs),
    ...settings,
    ...lockStatements(alone),
    ...tokenStatements(token),
    look,
  ];
}

function sessionTransaction(
  session: Session,
  begin: readonly string[],
  { refuse, heard }: Pick<TransactionOptions, 'refuse' | 'heard'>,
): Transaction {
  const rollback = async (): Promise<void> => {
    await session.query('ROLLBACK').catch(() => session.break());
  };
  return {
    async begin() {
      try {
        const [row] = (await session.query(begin.join('; '))).at(-1)?.rows ?? [];
        heard(Number(row?.['now']));
        refuse(Number(row?.['version'] ?? 0));
      } catch (error) {
        await rollback();
        throw error;
      }
    },
    async commit() {
      let answers;
      try {
        answers = await session.query('COMMIT');
      } catch (error) {
        session.break();
        throw isLost(error) ? new CommitUnanswered('COMMIT', { cause: error }) : error;
      }
      // After a failed statement, COMMIT rolls back without an error.
      if (answers[0]?.command !== 'COMMIT') throw new Error('the transaction had failed before its end');
    },
    rollback,
  };
}
