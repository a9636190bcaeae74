// Loaded into the program (`node --import`): its SQLite says that it is an older version.
import { DatabaseSync } from '../../dist/sqlite/lib/index.mjs';

const methods = Object.create(DatabaseSync.prototype);
Object.defineProperty(methods, 'prepare', {
  value(sql) {
    const told = sql.includes('sqlite_version()') ? "SELECT '3.45.1' AS version" : sql;
    return Object.getPrototypeOf(methods).prepare.call(this, told);
  },
});
DatabaseSync.prototype = methods;
