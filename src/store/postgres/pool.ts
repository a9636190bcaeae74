import type { Client, ClientConfig, Pool, PoolClient, QueryResult } from 'pg';
import { createSemaphore, type PermitOrder } from '../../domain/values/semaphore.ts';
import type { PostgresAddress } from './address.ts';
import { isLost } from './failures.ts';

const connectMs = 5000;
const unusedMs = 10_000;
/** Longer than the server allows a statement: after that, the connection is open on this side only. */
const usualAnswerMs = 90_000;

/** One of the few connections that a process has. */
export interface Session {
  /** Runs several statements without parameters, or one with parameters. @returns the result of each */
  query(text: string, parameters?: readonly unknown[]): Promise<QueryResult<Record<string, unknown>>[]>;
  /** Marks the connection as unusable. */
  break(): void;
}

export interface Connections {
  /** @param order ahead of those that wait in line, or behind them */
  use<T>(order: PermitOrder, work: (session: Session) => Promise<T>): Promise<T>;
  /** Opens one more connection outside the pool, which the caller ends. */
  ownClient(): Promise<Client>;
  close(): Promise<void>;
}

/**
 * Opens a pool that connects when it is used.
 *
 * @param answerMs how long to wait for an answer
 */
export async function openPool(
  address: PostgresAddress,
  answerMs: number = usualAnswerMs,
): Promise<Connections> {
  const { default: pg } = await import('pg');
  const getTypeParser: typeof pg.types.getTypeParser = (oid, format) =>
    // Counts are far below 2^53.
    oid === pg.types.builtins.INT8 ? Number : (pg.types.getTypeParser(oid, format) as unknown);
  const config: ClientConfig = {
    host: address.host,
    port: address.port,
    database: address.database,
    ...(address.user === undefined ? {} : { user: address.user }),
    ...(address.password === undefined ? {} : { password: address.password }),
    ssl: address.ssl,
    application_name: address.applicationName,
    connectionTimeoutMillis: connectMs,
    query_timeout: answerMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser },
  };
  const pool: Pool = new pg.Pool({
    ...config,
    max: address.connections,
    idleTimeoutMillis: unusedMs,
    allowExitOnIdle: true,
  });
  // A lost connection that is not in use is replaced. Without these handlers, a restart of the server would end the
  // process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => (client as Client).on('error', () => undefined));
  const permits = createSemaphore(address.connections);
  let ending: Promise<void> | null = null;

  return {
    async use(order, work) {
      await permits.take(order);
      try {
        return await withClient(await pool.connect(), work);
      } finally {
        permits.end();
      }
    },
    async ownClient() {
      const client = new pg.Client(config);
      client.on('error', () => undefined);
      await client.connect();
      return client;
    },
    close: () => (ending ??= pool.end()),
  };
}

async function withClient<T>(client: PoolClient, work: (session: Session) => Promise<T>): Promise<T> {
  let isBroken = false;
  try {
    return await work({
      async query(text, parameters) {
        if (isBroken) throw new Error('Connection terminated');
        try {
          const answer: unknown =
            parameters === undefined ? await client.query(text) : await client.query(text, [...parameters]);
          return (Array.isArray(answer) ? answer : [answer]) as QueryResult<Record<string, unknown>>[];
        } catch (error) {
          isBroken ||= isLost(error);
          throw error;
        }
      },
      break: () => {
        isBroken = true;
      },
    });
  } finally {
    client.release(isBroken);
  }
}
