/** A low rating. `doneAt` null: it is open, unless its customer was forgotten together with all notes about it. */
export interface FollowedUp {
  answeredAt: string;
  doneAt: string | null;
  isForgotten: boolean;
}

/** How many low ratings are open, done, and forgotten, and the median time until they were done. */
export function followUpOf(ratings: readonly FollowedUp[]): {
  open: number;
  done: number;
  forgotten: number;
  medianSeconds: number | null;
} {
  const known = ratings.filter(({ isForgotten }) => !isForgotten);
  const seconds = known
    .flatMap(({ answeredAt, doneAt }) =>
      doneAt === null ? [] : [(Date.parse(doneAt) - Date.parse(answeredAt)) / 1000],
    )
    .sort((one, other) => one - other);
  const { length } = seconds;
  const middle = seconds.slice(Math.floor((length - 1) / 2), Math.floor(length / 2) + 1);
  return {
    open: known.length - length,
    done: length,
    forgotten: ratings.length - known.length,
    medianSeconds: length === 0 ? null : Math.round(middle.reduce((sum, one) => sum + one) / middle.length),
  };
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
