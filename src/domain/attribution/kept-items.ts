import type { ConsideredItem } from './credit.ts';

/** More than the items that agents sent in nearly every conversation; a timeline may be made to have any number. */
const mostKept = 250;

/** A reason names the initiator's type, which may be any text. */
const mostReasons = 30;

/** How many items were left out of the evidence, and how many for each reason that they do not count, or did not win. */
export interface OmittedItems {
  items: number;
  reasons: Record<string, number>;
}

/**
 * What is kept of a timeline as evidence, in its order: all of a short one; else the winner, then its rivals (what agents
 * did) and then the rest, each as near to the end as there is room for.
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
