/** What is counted for a group of closings. `closed` is the sum of `suppressed`, `waiting`, `asked` and `unasked`. */
export interface GroupCounts {
  closed: number;
  suppressed: number;
  /** Pending, scheduled, or failed. */
  waiting: number;
  /** A message left, or may have left. */
  asked: number;
  /** Asked, and the survey was opened or answered. */
  opened: number;
  /** Asked and answered. */
  answered: number;
  /** Answered without a message of ours. */
  unasked: number;
  /** Asked, and a reminder left, or may have left. */
  reminded: number;
  /** Reminded and answered. */
  remindedAnswered: number;
  /** Newest answers by their rating, 1 to 5. */
  ratings: readonly [number, number, number, number, number];
  resolved: number;
  unresolved: number;
}

export const noCounts: GroupCounts = {
  closed: 0,
  suppressed: 0,
  waiting: 0,
  asked: 0,
  opened: 0,
  answered: 0,
  unasked: 0,
  reminded: 0,
  remindedAnswered: 0,
  ratings: [0, 0, 0, 0, 0],
  resolved: 0,
  unresolved: 0,
};

export function sumOf(one: GroupCounts, other: GroupCounts): GroupCounts {
  const [a, b, c, d, e] = other.ratings;
  return {
    closed: one.closed + other.closed,
    suppressed: one.suppressed + other.suppressed,
    waiting: one.waiting + other.waiting,
    asked: one.asked + other.asked,
    opened: one.opened + other.opened,
    answered: one.answered + other.answered,
    unasked: one.unasked + other.unasked,
    reminded: one.reminded + other.reminded,
    remindedAnswered: one.remindedAnswered + other.remindedAnswered,
    ratings: [
      one.ratings[0] + a,
      one.ratings[1] + b,
      one.ratings[2] + c,
      one.ratings[3] + d,
      one.ratings[4] + e,
    ],
    resolved: one.resolved + other.resolved,
    unresolved: one.unresolved + other.unresolved,
  };
}

/** Every newest answer, asked for or not. */
export function answersOf({ ratings }: Pick<GroupCounts, 'ratings'>): number {
  return ratings.reduce((sum, count) => sum + count, 0);
}

/** @param from the lowest rating that counts */
export function satisfiedOf({ ratings }: Pick<GroupCounts, 'ratings'>, from: number): number {
  return ratings.reduce((sum, count, index) => (index + 1 >= from ? sum + count : sum), 0);
}

/** Null without answers. */
export function meanOf(counts: Pick<GroupCounts, 'ratings'>): number | null {
  const answers = answersOf(counts);
  const sum = counts.ratings.reduce((all, count, index) => all + count * (index + 1), 0);
  return answers === 0 ? null : sum / answers;
}
