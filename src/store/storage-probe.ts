import type { Ledger } from './ledger/ledger.ts';

const name = 'probe';
/** More than an event or an answer needs, so that the probe is the first to lack room. */
const text = 'x'.repeat(16 * 1024);

/**
 * Writes to disk like every change of the ledger, and leaves nothing behind. Only a write shows whether there is room:
 * reads go on while the disk is full.
 *
 * @throws Failure kind ledger when nothing can be written
 */
export async function proveWritable(ledger: Ledger): Promise<void> {
  await ledger.write({ names: [name] }, async (trx) => {
    await trx.insertInto('checkpoints').values({ lane: 'live', name, at: text }).execute();
    await trx.deleteFrom('checkpoints').where('name', '=', name).execute();
  });
}
