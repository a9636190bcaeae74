import { within, type Ledger } from './open.ts';

const name = 'probe';
/** More than an event or an answer needs, so that it is missing before theirs is. */
const text = 'x'.repeat(16 * 1024);

/**
 * Writes something to the disk as every change of the ledger does, and leaves nothing of it behind. Only that shows
 * whether there is room: reading goes on while the disk is full.
 *
 * @throws Failure kind ledger when nothing can be written
 */
export async function proveWritable(ledger: Ledger): Promise<void> {
  await within(ledger, async (trx) => {
    await trx.insertInto('marks').values({ name, at: text }).execute();
    await trx.deleteFrom('marks').where('name', '=', name).execute();
  });
}
