import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { opened, temporaryFolder } from '../support.ts';

test('a new ledger is private from its first moment on, whatever the umask', async () => {
  const { openSync } = fs;
  const before = process.umask(0);
  const modes: string[] = [];
  fs.openSync = (...given) => {
    const file = openSync(...given);
    if (String(given[0]).endsWith('ledger.db')) modes.push((fs.fstatSync(file).mode & 0o777).toString(8));
    return file;
  };
  syncBuiltinESMExports();
  onTestFinished(() => {
    process.umask(before);
    fs.openSync = openSync;
    syncBuiltinESMExports();
  });
  await opened(join(temporaryFolder(), 'ledger.db'));
  expect(modes).toEqual(['600', '600']);
});
