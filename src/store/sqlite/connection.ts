import type { CompiledQuery, QueryResult } from 'kysely';
import { fromStoredRow, toStoredValue } from '../../domain/values/stored-text.ts';
import type { Bindable, Database } from './engine.ts';
import { storageFailure } from './failures.ts';

/**
 * More than the ledger has queries. There is a limit because a query with a list has a different text for every length.
 */
const cachedStatements = 300;

export interface Connection {
  readonly database: Database;
  readonly execute: (query: Pick<CompiledQuery, 'sql' | 'parameters'>) => QueryResult<unknown>;
  /** Forgets the prepared statements, which keep the file open. */
  readonly clear: () => void;
}

interface Prepared {
  readonly statement: ReturnType<Database['prepare']>;
  readonly returnsRows: boolean;
}

/** @param path for messages */
export function openConnection(database: Database, path: string): Connection {
  const statements = new Map<string, Prepared>();

  function prepare(sql: string): Prepared {
    let prepared = statements.get(sql);
    if (prepared === undefined) {
      const statement = database.prepare(sql);
      prepared = { statement, returnsRows: statement.columns().length > 0 };
      const oldest = statements.keys().next();
      if (statements.size >= cachedStatements && !oldest.done) statements.delete(oldest.value);
      statements.set(sql, prepared);
    }
    return prepared;
  }

  return {
    database,
    clear: () => statements.clear(),
    execute(query) {
      try {
        const { statement, returnsRows } = prepare(query.sql);
        const parameters = query.parameters.map(toStoredValue) as Bindable[];
        if (returnsRows)
          return { rows: (statement.all(...parameters) as Record<string, unknown>[]).map(fromStoredRow) };
        return { rows: [], numAffectedRows: BigInt(statement.run(...parameters).changes) };
      } catch (error) {
        throw storageFailure(error, path);
      }
    },
  };
}
