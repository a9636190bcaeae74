import type { ConsideredItem } from './credit.ts';

/**
 * Agents send fewer items in nearly every conversation. Without a limit, anybody could make a timeline of any length.
 */
const mostKept = 250;

/** Limited because a reason names the initiator's type, which can be any text. */
const mostReasons = 30;

/** How many items were left out of the evidence, in total and by the reason why each did not count or did not win. */
export interface OmittedItems {
  items: number;
  reasons: Record<string, number>;
}

/**
 * The items of a timeline to keep as evidence, in their order. A short timeline is kept whole. Of a long one, the
 * winner is kept first, then its rivals (what agents did), then the rest; the latest items of each group go first.
 */
export function keptItems<Item extends ConsideredItem>(
  considered: readonly Item[],
  most = mostKept,
): { kept: Item[]; omitted: OmittedItems | null } {
  if (considered.length <= most) return { kept: [...considered], omitted: null };
  const ranks = [isWinner, isRival, () => true];
  const chosen = new Set<number>();
  for (const belongs of ranks) {
    for (let position = considered.length - 1; position >= 0 && chosen.size < most; position -= 1) {
      const item = considered[position];
      if (item !== undefined && belongs(item)) chosen.add(position);
    }
  }
  const counts = new Map<string, number>();
  for (const [position, { why }] of considered.entries()) {
    if (chosen.has(position)) continue;
    const reason = counts.has(why) || counts.size < mostReasons ? why : 'other';
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return {
    kept: considered.filter((_, position) => chosen.has(position)),
    omitted: { items: considered.length - chosen.size, reasons: Object.fromEntries(counts) },
  };
}

const isWinner = ({ why }: ConsideredItem): boolean => why === 'last response';
const isRival = ({ counts, agentId }: ConsideredItem): boolean => counts || agentId !== null;
