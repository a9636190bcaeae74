import { randomUUID } from 'node:crypto';
import type { Session } from './pool.ts';

/**
 * Every transaction that writes leaves a token. If the answer to its COMMIT is lost, the token says whether it was
 * committed. Only PostgreSQL has this table: with a file, the answer cannot be lost.
 */
export const createCommits = `CREATE TABLE commits (
  token text PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  is_void boolean NOT NULL
)`;

/** Far longer than any process asks about a token. */
const keptFor = '1 hour';
const prunedEvery = 1000;
let written = 0;

export function newToken(): string {
  return randomUUID();
}

/** @param token from `newToken` */
export function tokenStatements(token: string): string[] {
  const isTime = written % prunedEvery === 0;
  written += 1;
  const prune = `DELETE FROM commits WHERE token IN
    (SELECT token FROM commits WHERE at < clock_timestamp() - interval '${keptFor}' FOR UPDATE SKIP LOCKED)`;
  return [...(isTime ? [prune] : []), `INSERT INTO commits (token, is_void) VALUES ('${token}', false)`];
}

/**
 * Whether the transaction with this token was committed. Waits while it is still committing. A transaction that was not
 * committed can never be committed afterward, because its token is void from then on.
 */
export async function wasCommitted(session: Session, token: string): Promise<boolean> {
  const answers = await session.query(
    `BEGIN; SET LOCAL lock_timeout = 5000; SET LOCAL statement_timeout = 10000;
     INSERT INTO commits (token, is_void) VALUES ('${token}', true) ON CONFLICT DO NOTHING;
     SELECT is_void FROM commits WHERE token = '${token}'; COMMIT`,
  );
  const [row] = answers.find(({ command }) => command === 'SELECT')?.rows ?? [];
  return row?.['is_void'] === false;
}
