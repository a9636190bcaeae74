import type { TimeRange } from '../../domain/values/time-range.ts';
import type { Failure, FailureKind } from '../../failure.ts';
import type { SourceName } from '../../ports/closing-source.ts';
import type { Cover, Fallback } from '../../sources/planner.ts';

/** A part of a range that was not searched, or not completely. */
export interface MissingPart {
  source: SourceName;
  range: TimeRange;
  failure: Failure;
}

/** Tries the fallbacks in turn for what is still missing. @returns what is missing after that */
export async function elsewhere(
  part: MissingPart,
  fallbacks: readonly Fallback[],
  read: (cover: Cover) => Promise<MissingPart[]>,
): Promise<MissingPart[]> {
  let missing = [part.range];
  for (const coverOf of fallbacks) {
    const still: TimeRange[] = [];
    for (const range of missing) {
      const cover = coverOf(range);
      const left =
        cover === null ? [range] : [...outside(range, cover.range), ...rangesOf(await read(cover))];
      still.push(...left);
    }
    missing = still;
  }
  return missing.map((range) => ({ ...part, range }));
}

const rangesOf = (parts: readonly MissingPart[]): TimeRange[] => parts.map(({ range }) => range);

/** What remains of a range before and after a part of it. */
function outside({ since, until }: TimeRange, part: TimeRange): TimeRange[] {
  const sides = [
    { since, until: part.since },
    { since: part.until, until },
  ];
  return sides.filter((side) => side.since < side.until);
}

/** In order of time; adjoining parts that are missing for the same reason become one. */
export function joined(missing: readonly MissingPart[]): MissingPart[] {
  const parts: MissingPart[] = [];
  for (const part of missing.toSorted((one, next) => (one.range.since < next.range.since ? -1 : 1))) {
    const last = parts.at(-1);
    const isMore = last?.failure.code === part.failure.code && last.range.until >= part.range.since;
    if (!isMore) parts.push(part);
    else if (part.range.until > last.range.until)
      parts[parts.length - 1] = { ...last, range: { ...last.range, until: part.range.until } };
  }
  return parts;
}

export function missingSentence({ source, range, failure }: MissingPart): string {
  const part = `Closings from ${range.since} until ${range.until} may be missing`;
  if (source === 'export') return `${part}: ${failure.message}`;
  const what = source === 'events' ? 'events' : 'report';
  return `${part}: the ${what} could not be read (${failure.message})`;
}

/** The failure to end with: one that a person must fix goes before one that passes. Null if nothing is missing. */
export function failureOfMissing(missing: readonly MissingPart[]): Failure | null {
  const order: readonly FailureKind[] = ['credentials', 'contract', 'partial', 'temporary'];
  const rank = ({ failure }: MissingPart): number => (order.indexOf(failure.kind) + 10) % 10;
  return missing.toSorted((one, next) => rank(one) - rank(next))[0]?.failure ?? null;
}
