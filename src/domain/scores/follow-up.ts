/** A low rating; `doneAt` null: it is open. */
export interface FollowedUp {
  answeredAt: string;
  doneAt: string | null;
}

/** How many low ratings are open and done, and how long it took until half of the done ones were. */
export function followUpOf(ratings: readonly FollowedUp[]): {
  open: number;
  done: number;
  medianSeconds: number | null;
} {
  const seconds = ratings
    .flatMap(({ answeredAt, doneAt }) =>
      doneAt === null ? [] : [(Date.parse(doneAt) - Date.parse(answeredAt)) / 1000],
    )
    .sort((one, other) => one - other);
  const { length } = seconds;
  const [low, high] = [seconds[Math.floor((length - 1) / 2)], seconds[Math.floor(length / 2)]];
  return {
    open: ratings.length - length,
    done: length,
    medianSeconds: low === undefined || high === undefined ? null : Math.round((low + high) / 2),
  };
}
