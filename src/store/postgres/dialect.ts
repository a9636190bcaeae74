import {
  HandleEmptyInListsPlugin,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  replaceWithNoncontingentExpression,
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type KyselyPlugin,
  type QueryResult,
  type SelectModifierNode,
} from 'kysely';
import { fromStoredRow, toStoredValue } from '../../domain/values/stored-text.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import type { Session } from './pool.ts';

/** What all transactions of a kind share. The adapter keeps the queries that are prepared once. */
export interface Kind {
  adapter: PostgresAdapter;
  compiler: PostgresQueryCompiler;
}

export const kinds = (): { reading: Kind; writing: Kind } => ({
  reading: { adapter: new PostgresAdapter(), compiler: new UnlockingCompiler() },
  writing: { adapter: new PostgresAdapter(), compiler: new PostgresQueryCompiler() },
});

/** A transaction that only reads locks no rows. */
class UnlockingCompiler extends PostgresQueryCompiler {
  protected override visitSelectModifier(node: SelectModifierNode): void {
    if (node.modifier !== 'ForUpdate' && node.modifier !== 'SkipLocked') super.visitSelectModifier(node);
  }
}

/** SQLite accepts an empty list, which nothing is in. */
const plugins: KyselyPlugin[] = [
  new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression }),
];

export interface Transaction {
  begin(): Promise<void>;
  commit(): Promise<void>;
  /** Never throws. */
  rollback(): Promise<void>;
}

/** Queries over one session, as one transaction. */
export function databaseOn(
  session: Session,
  { adapter, compiler }: Kind,
  transaction: Transaction,
): Kysely<LedgerTables> {
  const connection: DatabaseConnection = {
    executeQuery: <R>({ sql, parameters }: CompiledQuery) => execute<R>(session, sql, parameters),
    streamQuery: () => {
      throw new Error('The ledger reads in pages.');
    },
  };
  const driver: Driver = {
    init: () => Promise.resolve(),
    acquireConnection: () => Promise.resolve(connection),
    beginTransaction: () => transaction.begin(),
    commitTransaction: () => transaction.commit(),
    rollbackTransaction: () => transaction.rollback(),
    releaseConnection: () => Promise.resolve(),
    destroy: () => Promise.resolve(),
  };
  return new Kysely<LedgerTables>({
    dialect: {
      createDriver: () => driver,
      createAdapter: () => adapter,
      createQueryCompiler: () => compiler,
      createIntrospector: (db) => new PostgresIntrospector(db),
    },
    plugins,
  });
}

async function execute<R>(
  session: Session,
  sql: string,
  parameters: readonly unknown[],
): Promise<QueryResult<R>> {
  const [result] = await session.query(sorted(sql), parameters.map(toStoredValue));
  if (result === undefined) throw new Error('PostgreSQL answered nothing');
  const { command, rowCount, rows } = result;
  const isChange = ['INSERT', 'UPDATE', 'DELETE'].includes(command);
  return {
    rows: rows.map(fromStoredRow) as R[],
    ...(isChange ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}),
  };
}

/**
 * All texts of a ledger are ordered by their bytes, as in SQLite: times are compared as texts, and pages are read in
 * the order of ids. So every statement that makes a text column gives it that order.
 */
export function sorted(sql: string): string {
  if (!/^\s*(create|alter)\s+table\b/i.test(sql)) return sql;
  return sql.replace(/("?\b\w+"?) text\b/g, '$1 text COLLATE "C"');
}
