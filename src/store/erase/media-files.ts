import { closingForgotten, closingIn } from '../closings/rows.ts';
import type { Ledger } from '../ledger.ts';

/** Remembers where a recording is about to be put, so that it can be erased with its customer. @throws Failure closing_forgotten */
export async function rememberMediaFile(ledger: Ledger, closingId: string, path: string): Promise<void> {
  await ledger.write({ closings: [closingId] }, async (trx) => {
    const closing = await closingIn(trx, closingId);
    if (closing.forgottenAt !== null) throw closingForgotten(closing);
    await trx
      .insertInto('media_files')
      .values({ path, closing_id: closingId })
      .onConflict((conflict) => conflict.column('path').doUpdateSet({ closing_id: closingId }))
      .execute();
  });
}
