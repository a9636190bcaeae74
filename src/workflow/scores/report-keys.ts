import type { ReportField, ReportKey, ReportName } from '../../documents/report.ts';
import type { Reading } from '../../store/ledger/ledger.ts';
import { namesIn } from '../../store/views/score-details.ts';

export type Names = Partial<Record<ReportField, ReadonlyMap<string, ReportName & { email: string | null }>>>;

export async function namesFor(db: Reading, by: readonly ReportField[]): Promise<Names> {
  const names: Names = {};
  for (const kind of ['agent', 'inbox', 'topic'] as const) {
    if (!by.includes(kind)) continue;
    names[kind] = new Map((await namesIn(db, kind)).map((name) => [name.id, name]));
  }
  return names;
}

export function keyOf(by: readonly ReportField[], keys: readonly (string | null)[], names: Names): ReportKey {
  const entries = by.map((field, index) => {
    const id = keys[index] ?? null;
    if (field !== 'agent' && field !== 'inbox' && field !== 'topic') return [field, id];
    if (id === null) return [field, null];
    const { name = null, email = null } = names[field]?.get(id) ?? {};
    return [field, field === 'agent' ? { id, name, email } : { id, name }];
  });
  return Object.fromEntries(entries) as ReportKey;
}

/** Sorts by name, then by id; null (no id) comes last. */
export function orderOf(
  name: string | null | undefined,
  id: string | null | undefined,
): readonly string[] | null {
  return id === null || id === undefined ? null : [name ?? id, id];
}

export const collator = new Intl.Collator('en', { numeric: true });

export function compareOrders(
  one: readonly (readonly string[] | null)[],
  other: readonly (readonly string[] | null)[],
): number {
  for (const [index, order] of one.entries()) {
    const beside = other[index] ?? null;
    if (order === null || beside === null) {
      if (order !== beside) return order === null ? 1 : -1;
      continue;
    }
    for (const [at, text] of order.entries()) {
      const difference = collator.compare(text, beside[at] ?? '');
      if (difference !== 0) return difference;
    }
  }
  return 0;
}
