import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { runJson, temporaryFolder } from '../../support/run.ts';
import { recordAnswer } from '../../../src/store/answers/answers.ts';
import { recordClosings } from '../../../src/store/closings/closing-reports.ts';
import { claimClosing, releaseClaim } from '../../../src/store/queue/claims.ts';
import { recordDelivery } from '../../../src/store/queue/decisions.ts';
import { story } from '../../../src/store/views/story.ts';
import { unsubscribe } from '../../../src/store/addresses/unsubscribes.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { openExistingLedger } from '../../../src/store/ledger-backup.ts';
import { moveLedger } from '../../../src/store/ledger-move.ts';
import { openLedger } from '../../../src/store/open.ts';
import { copyLedger } from '../../../src/store/ledger-copy.ts';
import {
  at,
  freshLedger,
  here,
  leaving,
  opened,
  reported,
  temporaryFile,
  temporaryPlace,
} from '../support.ts';

// Programs start slowly when many start at once.
vi.setConfig({ testTimeout: 180_000 });

/** Fills a ledger with many rows, and with texts that not every engine takes as they are. */
async function filled(ledger: Ledger): Promise<string> {
  const many = Array.from({ length: 300 }, (_, number) => `c${number}`);
  await recordClosings(
    ledger,
    many.map((conversationId) => {
      const times = { closedAt: at(0), seenAt: at(5) };
      return { lane: 'live', conversationId, customerId: null, source: 'report', ...times };
    }),
  );
  await reported(ledger, 'with \0 and \u0010 and 😀');
  const { id } = await leaving(ledger, 'answered');
  await recordDelivery(ledger, id, at(13), { status: 'sent', externalId: null }, 0);
  await releaseClaim(ledger, id, here);
  const content = { rating: 2, resolved: true, comment: 'Ünd \0', at: at(20), source: 'page' };
  await recordAnswer(ledger, { surveyId: `survey-${id}`, closingId: id, ...content });
  await unsubscribe(ledger, 'lee@example.com', at(30), 'page');
  return id;
}

describe('a ledger is copied', () => {
  test('from a file to a server and back, and stays the same', async () => {
    const file = await opened(temporaryFile());
    const id = await filled(file);
    const server = await freshLedger();
    const there = await moveLedger(file, server, at(100));
    expect(there.find(({ table }) => table === 'closings')).toMatchObject({ rows: 302 });
    expect(await story(server, id)).toEqual(await story(file, id));
    const back = await opened(temporaryFile());
    expect(await moveLedger(server, back, at(100))).toEqual(there);
    expect(await story(back, id)).toEqual(await story(file, id));
  });

  test('further from where it was stopped', async () => {
    const file = await opened(temporaryFile());
    await filled(file);
    const server = await freshLedger();
    const stop = (table: string): void => {
      if (table === 'history') throw new Error('stopped');
    };
    await expect(moveLedger(file, server, at(100), stop)).rejects.toThrow('stopped');
    // What is already there is not copied again, and what has changed is.
    await server.write('ledger', (trx) => trx.updateTable('names').set({ name: 'other' }).execute());
    await server.write('ledger', (trx) => trx.deleteFrom('closings').where('id', '>', 'c2').execute());
    const moved = await moveLedger(file, server, at(100));
    expect(moved.find(({ table }) => table === 'closings')).toMatchObject({ rows: 302 });
  });

  test('and nobody uses it before it is whole, whichever way it went', async () => {
    const file = await opened(temporaryFile());
    await filled(file);
    const server = await freshLedger();
    await moveLedger(file, server, at(100));
    const place = temporaryFile();
    const back = await opened(place);
    const stop = (table: string): void => {
      if (table === 'messages') throw new Error('stopped');
    };
    await expect(moveLedger(server, back, at(100), stop)).rejects.toThrow('stopped');
    await back.close();
    const refused = { kind: 'ledger', code: 'ledger_copy_unfinished' };
    await expect(openLedger(place)).rejects.toMatchObject(refused);
    await expect(openExistingLedger(place)).rejects.toMatchObject(refused);
    const again = await openLedger(place, { finishesCopy: true });
    await moveLedger(server, again, at(100));
    await again.close();
    const whole = await opened(place);
    expect((await whole.read((db) => db.selectFrom('closings').select('id').execute())).length).toBe(302);
  });

  test('not while somebody works on it', async () => {
    const file = await opened(temporaryFile());
    const { id } = await reported(file, 'c1');
    await claimClosing(file, id, here, at(1));
    await expect(moveLedger(file, await freshLedger(), at(2))).rejects.toMatchObject({
      code: 'ledger_in_use',
    });
  });

  test('not into one that holds something', async () => {
    const file = await opened(temporaryFile());
    const server = await freshLedger();
    await reported(server, 'c1');
    await expect(moveLedger(file, server, at(2))).rejects.toMatchObject({ code: 'ledger_not_empty' });
  });
});

test('what a dry run works on is a file, with all that the server has', async () => {
  const server = await freshLedger();
  const id = await filled(server);
  const copy = await copyLedger(server);
  expect(copy.location).toMatch(/ledger\.db$/);
  expect(await story(copy, id)).toEqual(await story(server, id));
  await reported(copy, 'only here');
  await copy.close();
  expect((await server.read((db) => db.selectFrom('closings').select('id').execute())).length).toBe(302);
});

test('by hand: a backup of a server is a file, which is copied back, and says what was copied', async () => {
  const server = await freshLedger();
  const id = await filled(server);
  const folder = temporaryFolder();
  const backup = join(folder, 'backup.db');
  const env = { GCSAT_DATABASE_URL: `${server.location}?connections=2` };
  expect(await runJson(['ledger', 'backup', backup], { env })).toMatchObject({ code: 0 });
  const file = await openLedger(backup);
  expect(await story(file, id)).toEqual(await story(server, id));
  await file.close();
  const target = temporaryPlace();
  await (await opened(target)).close();
  const dry = await runJson(['ledger', 'copy', backup, 'env', '--dry-run'], {
    env: { GCSAT_DATABASE_URL: target },
  });
  expect(dry).toMatchObject({ code: 0, document: { dryRun: true, rows: expect.any(Number) as number } });
  const copied = await runJson(['ledger', 'copy', backup, 'env'], { env: { GCSAT_DATABASE_URL: target } });
  expect(copied).toMatchObject({ code: 0, document: { from: backup, rows: dry.document.rows } });
  expect(await story(await opened(target), id)).toEqual(await story(server, id));
  const upgraded = await runJson(['ledger', 'upgrade'], { env: { GCSAT_DATABASE_URL: target } });
  expect(upgraded).toMatchObject({ code: 0 });
  const accepted = await runJson(['ledger', 'accept'], {
    env: { GCSAT_DATABASE_URL: target, GCSAT_DOMAIN: 'acme', GCSAT_EMAIL: 'a@b.example', GCSAT_TOKEN: 'x' },
  });
  expect(accepted).toMatchObject({ code: 3, document: { error: { code: 'database_unsupported' } } });
});
