/** Low ratings with the same times of answer and of follow-up, or all still open. */
export interface FollowedUp {
  ratings: number;
  /** Null: they are open, unless their customers were forgotten together with all notes about them. */
  done: { answeredAt: string; doneAt: string } | null;
  isForgotten: boolean;
}

/** How many low ratings are open, done, and forgotten, and the median time until they were done. */
export function followUpOf(groups: readonly FollowedUp[]): {
  open: number;
  done: number;
  forgotten: number;
  medianSeconds: number | null;
} {
  const known = groups.filter(({ isForgotten }) => !isForgotten);
  const seconds = known
    .flatMap(({ ratings, done }) =>
      done === null
        ? []
        : Array<number>(ratings).fill((Date.parse(done.doneAt) - Date.parse(done.answeredAt)) / 1000),
    )
    .sort((one, other) => one - other);
  const { length } = seconds;
  const middle = seconds.slice(Math.floor((length - 1) / 2), Math.floor(length / 2) + 1);
  return {
    open: countOf(known) - length,
    done: length,
    forgotten: countOf(groups) - countOf(known),
    medianSeconds: length === 0 ? null : Math.round(middle.reduce((sum, one) => sum + one) / middle.length),
  };
}

function countOf(groups: readonly FollowedUp[]): number {
  return groups.reduce((sum, { ratings }) => sum + ratings, 0);
}

/** Whether somebody noted, after the answer, that nothing is left to do about it. */
export function isDone(notes: readonly { at: string; done: boolean }[], answeredAt: string): boolean {
  return notes.some(({ at, done }) => done && at >= answeredAt);
}

/** A duration as people say it, in the largest unit that is not too coarse: `45 minutes`, `30 hours`, `3 days`. */
export function durationText(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return counted(minutes, 'minute');
  const hours = Math.round(minutes / 60);
  return hours < 48 ? counted(hours, 'hour') : counted(Math.round(hours / 24), 'day');
}

function counted(number: number, what: string): string {
  return `${number} ${number === 1 ? what : `${what}s`}`;
}
