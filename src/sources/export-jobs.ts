import type { TimeRange } from '../domain/values/time-range.ts';
import type { ExportJob } from '../gladly/resources/exports.ts';

/** A job that has files, with the time range that it exported. */
export interface UsableJob {
  id: string;
  range: TimeRange;
  /** The names of its files; one of them is the file of items. */
  files: ReadonlySet<string>;
}

/** What the jobs of an organization have of a range. */
export interface JobsOfRange {
  /** In order of time; jobs with equal times keep the order of Gladly's list. */
  jobs: UsableJob[];
  /** Parts of the range that no job has, up to the end of the last job. */
  gaps: TimeRange[];
  /** When the last job ends; null when there is none. */
  until: string | null;
}

const itemsFile = 'conversation_items.jsonl';

/**
 * Which jobs to read for a range. A job may have failed, may name no files, or may have been repeated, so all jobs with
 * a file of items are joined by the times that they exported, whatever their `updatedAt`.
 *
 * @param whole all jobs are wanted, because what happened before and after the range matters too
 */
export function jobsOfRange(all: readonly ExportJob[], range: TimeRange, whole: boolean): JobsOfRange {
  const usable = all
    .flatMap((job) => usableJob(job) ?? [])
    .toSorted((one, other) => compare(one.range.since, other.range.since));
  const until = usable.map((job) => job.range.until).reduce(later, '');
  const overlapping = usable.filter((job) => job.range.since < range.until && job.range.until > range.since);
  return {
    jobs: whole ? usable : overlapping,
    gaps: until === '' ? [range] : gapsIn({ ...range, until: earlier(range.until, until) }, overlapping),
    until: until === '' ? null : until,
  };
}

function usableJob({ id, status, startAt, endAt, files }: ExportJob): UsableJob | null {
  if (status?.toUpperCase() !== 'COMPLETED' || !files.includes(itemsFile)) return null;
  if (startAt === null || endAt === null || startAt >= endAt) return null;
  return { id, range: { since: startAt, until: endAt }, files: new Set(files) };
}

function gapsIn(range: TimeRange, jobs: readonly UsableJob[]): TimeRange[] {
  const gaps: TimeRange[] = [];
  let reached = range.since;
  for (const job of jobs) {
    if (job.range.since > reached)
      gaps.push({ since: reached, until: earlier(job.range.since, range.until) });
    reached = later(reached, job.range.until);
  }
  if (reached < range.until) gaps.push({ since: reached, until: range.until });
  return gaps;
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
const later = (one: string, other: string): string => (one > other ? one : other);
const earlier = (one: string, other: string): string => (one < other ? one : other);
