import { describe, test } from 'vitest';
import { isOnServer } from '../support/tested-ledger.ts';
import * as staged from './act-stagings.ts';
import { proofTimeoutMs } from './extent.ts';
import type { Staging } from './stagings.ts';
import { expectSwept } from './sweep.ts';

const onFile: [name: string, staging: Staging][] = [
  ['surveys forget: nothing of the customer is left', staged.forget],
  ['import: each row once', staged.importing],
  ['export: the old file or the new one', staged.exporting],
  ['pause: all sending stops', staged.pausing],
  ['resume: sending goes on', staged.resuming],
  ...[1, 4, 13].map((version): [string, Staging] => [
    `ledger upgrade: from version ${version}, as if it had been made today`,
    staged.upgradeFrom(version),
  ]),
];
const onServer: typeof onFile = [['ledger copy: from a server into a whole file', staged.copying]];

/** How many points a bounded proof tries by number. */
const few = 1;

describe('dying at every point of what people do, and doing it again', () => {
  test.each(isOnServer ? onServer : onFile)('%s', { timeout: proofTimeoutMs }, async (name, staging) => {
    await expectSwept(name, staging, { few, decisive: [] });
  });
});
