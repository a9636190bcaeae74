import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';

/** Methods of the native class cannot be replaced; those of a prototype before it can. */
export const engine = Object.create(DatabaseSync.prototype as object) as DatabaseSyncInstance;
for (const name of ['exec', 'prepare'] as const) {
  Object.defineProperty(engine, name, { value: engine[name], writable: true, configurable: true });
}
DatabaseSync.prototype = engine;
