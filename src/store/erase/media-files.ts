import { closingForgotten } from '../closings/closing-failures.ts';
import type { Ledger } from '../ledger/ledger.ts';

export interface MediaFile {
  path: string;
  /** If the ledger has no closing with this id, the conversation is open. */
  closingId: string | null;
  customerId: string | null;
  at: string;
}

/**
 * Records where a recording is about to be saved, so that it can be erased with its customer.
 * @throws Failure closing_forgotten
 */
export async function rememberMediaFile(
  ledger: Ledger,
  { path, closingId, customerId, at }: MediaFile,
): Promise<void> {
  await ledger.write({ closings: closingId === null ? [] : [closingId] }, async (trx) => {
    const closing = await trx
      .selectFrom('closings')
      .select(['id', 'forgotten_at'])
      .where('id', '=', closingId ?? '')
      .executeTakeFirst();
    if (closing !== undefined && closing.forgotten_at !== null) throw closingForgotten(closing);
    const file = { closing_id: closing?.id ?? null, customer_id: customerId, fetched_at: at };
    await trx
      .insertInto('media_files')
      .values({ path, ...file })
      .onConflict((conflict) => conflict.column('path').doUpdateSet(file))
      .execute();
  });
}
