import {
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  type LimitNode,
  type SelectModifierNode,
  ValueNode,
} from 'kysely';
import type { Connection } from './connection.ts';
import type { Transactions } from './transactions.ts';

/** The longest that queries may hold up the event loop. */
const longestBreathMs = 5;

/** How one kind of user shares a connection. */
export interface Sharing extends Transactions {
  take(): Promise<void>;
  give(): void;
  /** Called when the last user has gone. */
  lastly?(): void;
}

/** A caller has the connection from BEGIN to COMMIT, so that no query of another caller comes in between. */
export function dialectOf({ execute }: Pick<Connection, 'execute'>, sharing: Sharing): Dialect {
  const connection: DatabaseConnection = {
    executeQuery: <R>(query: CompiledQuery) =>
      new Promise<QueryResult<R>>((resolve) => {
        resolve(execute(query) as QueryResult<R>);
      }),
    streamQuery: () => {
      throw new Error('The ledger reads in pages: a stream would hold its only connection.');
    },
  };
  let breathedAt = performance.now();

  /**
   * Every query is synchronous, so work that only uses the ledger would never let the event loop turn: signals, timers,
   * and sockets would wait for its end.
   */
  async function breathe(): Promise<void> {
    if (performance.now() - breathedAt < longestBreathMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    breathedAt = performance.now();
  }

  async function acquireConnection(): Promise<DatabaseConnection> {
    await sharing.take();
    await breathe();
    return connection;
  }

  const driver: Driver = {
    init: () => Promise.resolve(),
    acquireConnection,
    beginTransaction: async () => sharing.begin(),
    commitTransaction: () => afterwards(() => sharing.commit()),
    rollbackTransaction: () => afterwards(() => sharing.rollback()),
    releaseConnection: () => {
      sharing.give();
      return Promise.resolve();
    },
    destroy: async () => {
      await acquireConnection();
      sharing.lastly?.();
      sharing.give();
    },
  };
  return {
    createDriver: () => driver,
    createAdapter: () => new SqliteAdapter(),
    createQueryCompiler: () => new AloneCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

class AloneCompiler extends SqliteQueryCompiler {
  /** A transaction holds the whole file, so its rows need no locks. */
  protected override visitSelectModifier(node: SelectModifierNode): void {
    if (node.modifier !== 'ForUpdate' && node.modifier !== 'SkipLocked') super.visitSelectModifier(node);
  }

  /** SQLite plans a query anew whenever a limit is bound, because it looks at the value. */
  protected override visitLimit(node: LimitNode): void {
    const { limit } = node;
    if (ValueNode.is(limit) && typeof limit.value === 'number') {
      this.append('limit ');
      this.appendImmediateValue(limit.value);
    } else super.visitLimit(node);
  }
}

/** Turns what the work throws into a rejection. */
function afterwards(work: () => void): Promise<void> {
  return new Promise((resolve) => {
    work();
    resolve();
  });
}
