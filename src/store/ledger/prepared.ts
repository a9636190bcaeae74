import type { Compilable, CompiledQuery, Kysely } from 'kysely';
import type { LedgerTables } from './tables.ts';

type Db = Kysely<LedgerTables>;

/** Stands in a compiled query for a value that is given later. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A query that runs for each of many rows. Building its text takes longer than running it, so the text is built once
 * per ledger.
 * @param build must use each field of the input as one value, and must not look at the value
 */
export function prepared<Input extends object, Row>(
  build: (db: Db, input: Input) => Compilable<Row>,
): (db: Db, input: Input) => Promise<Row[]> {
  const compiledFor = new WeakMap<object, CompiledQuery<Row>>();
  const stand = new Proxy({} as Input, { get: (_, name) => new Placeholder(String(name)) });
  return async (db, input) => {
    // A transaction has the adapter of its ledger.
    const { adapter } = db.getExecutor();
    let compiled = compiledFor.get(adapter);
    if (compiled === undefined) {
      compiled = build(db, stand).compile();
      compiledFor.set(adapter, compiled);
    }
    const parameters = compiled.parameters.map((parameter) =>
      parameter instanceof Placeholder ? input[parameter.name as keyof Input] : parameter,
    );
    const { rows } = await db.executeQuery<Row>({ ...compiled, parameters });
    return rows;
  };
}
