import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';

/** Methods of the native class cannot be replaced; those of a prototype in front of it can. */
export const engine = Object.create(DatabaseSync.prototype as object) as DatabaseSyncInstance;
for (const name of ['exec', 'prepare'] as const) {
  Object.defineProperty(engine, name, { value: engine[name], writable: true, configurable: true });
}
DatabaseSync.prototype = engine;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** SQLite releases a closed file only once its statements are garbage-collected, as when a process ends. */
export async function letGo(): Promise<void> {
  for (let time = 0; time < 3; time += 1) {
    collect();
    await nextTurn();
  }
}
