import type { Policy } from '../../domain/eligibility/policy.ts';
import { Failure } from '../../failure.ts';
import type { SurveyFilter } from '../../workflow/operator/surveys.ts';
import type { OptionDeclaration } from '../program/declaration.ts';

export interface AnswerFilterOptions {
  rating?: string | undefined;
  low?: boolean | undefined;
  open?: boolean | undefined;
  answered?: boolean | undefined;
  answeredSince?: string | undefined;
  answeredUntil?: string | undefined;
  /** True: any comment. */
  comment?: string | true | undefined;
}

/** A closing without an answer matches none of these. */
export const answerFilterOptions: readonly OptionDeclaration[] = [
  { flags: '--rating <ratings>', description: "only these ratings: 1, 1,2, 1-3, '<=2', '>=4'" },
  { flags: '--low', description: 'only low ratings (policy lowRating)' },
  { flags: '--open', description: 'only low ratings that still need follow-up (`surveys note`)' },
  { flags: '--answered', description: 'only with an answer' },
  { flags: '--answered-since <time>', description: 'only with an answer since then, e.g. yesterday' },
  {
    flags: '--answered-until <time>',
    description: 'only with an answer before then; a date means the end of that day',
  },
  { flags: '--comment [text]', description: 'only with a comment, or one that contains this text' },
];

/**
 * Which answers the options select, once the policy says what a low rating is.
 *
 * @throws Failure kind usage
 */
export function answerFilterOf({
  rating,
  low = false,
  open = false,
  answered = false,
  answeredSince,
  answeredUntil,
  comment,
}: AnswerFilterOptions): (policy: Pick<Policy, 'lowRating'>) => SurveyFilter {
  const given = rating === undefined ? null : ratingsOf(rating);
  if (given !== null && (low || open)) {
    const flag = open ? '--open' : '--low';
    throw new Failure('usage', 'contradicting_options', `--rating and ${flag} contradict each other`, {
      hint: `Leave one out: ${flag} stands for the low ratings.`,
    });
  }
  return ({ lowRating }) => {
    const lowOnes = low || open ? every.filter((one) => one <= lowRating) : null;
    // Without a start time for answers, they can only be found by their ratings.
    const isUntil = answeredUntil !== undefined && answeredSince === undefined;
    const isAnswered = answered || comment !== undefined || isUntil;
    const ratings = given ?? lowOnes ?? (isAnswered ? every : null);
    return {
      ...(ratings === null ? {} : { ratings }),
      ...(open ? { open } : {}),
      ...(comment === undefined ? {} : { comment: comment === true ? '' : comment }),
    };
  };
}

const every: readonly number[] = [1, 2, 3, 4, 5];

function ratingsOf(text: string): readonly number[] {
  const wanted = text
    .split(',')
    .flatMap((part) => oneOrSeveral(part.trim()) ?? [Number.NaN])
    .sort();
  if (wanted.length > 0 && !wanted.some((one) => Number.isNaN(one))) return [...new Set(wanted)];
  throw new Failure('usage', 'rating_invalid', `--rating does not accept '${text}'`, {
    hint: "Give ratings from 1 to 5, e.g. 1, 1,2, 1-3, '<=2' or '>=4'.",
  });
}

/** Null if the text names no rating. */
function oneOrSeveral(text: string): readonly number[] | null {
  const [, sign, bound = ''] = /^(<=|>=|<|>|=|)\s*([1-5])$/.exec(text) ?? [];
  const [, from = '', to = ''] = /^([1-5])\s*-\s*([1-5])$/.exec(text) ?? [];
  const limit = Number(bound);
  const meets: Record<string, (one: number) => boolean> = {
    '<=': (one) => one <= limit,
    '>=': (one) => one >= limit,
    '<': (one) => one < limit,
    '>': (one) => one > limit,
    '=': (one) => one === limit,
    '': (one) => one === limit,
  };
  const matching =
    sign === undefined
      ? every.filter((one) => one >= Number(from) && one <= Number(to) && from !== '')
      : every.filter((one) => meets[sign]?.(one) === true);
  return matching.length === 0 ? null : matching;
}
