import type { DirectoryCache } from '../ports/cache.ts';
import type { Ledger } from './ledger/ledger.ts';

export function directoryCache(ledger: Ledger): DirectoryCache {
  return {
    async read(kind, id) {
      const row = await ledger.read((db) =>
        db
          .selectFrom('directories')
          .select(['body', 'fetched_at'])
          .where('kind', '=', kind)
          .where('id', '=', id)
          .executeTakeFirst(),
      );
      return row === undefined ? null : { body: JSON.parse(row.body) as unknown, fetchedAt: row.fetched_at };
    },
    async write(kind, id, body, fetchedAt) {
      const text = body === undefined ? 'null' : JSON.stringify(body);
      await ledger.write({ names: [`directory ${kind}`] }, (trx) =>
        trx
          .insertInto('directories')
          .values({ kind, id, body: text, fetched_at: fetchedAt })
          .onConflict((conflict) =>
            conflict.columns(['kind', 'id']).doUpdateSet({ body: text, fetched_at: fetchedAt }),
          )
          .execute(),
      );
    },
  };
}
