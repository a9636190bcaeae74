import type { ReportLowReasons, ReportOwnQuestion } from '../../documents/report.ts';
import { shareOf } from '../../domain/scores/share.ts';
import type { CountedReply } from '../../store/views/form-counts.ts';
import { collator } from './report-keys.ts';

/** Why ratings were low, most frequent reason first. */
export function lowReasonsOf(
  counted: readonly { reason: string | null; answers: number }[],
  lowRating: number,
): ReportLowReasons {
  const of = sum(counted);
  const reasons = counted
    .flatMap(({ reason, answers }) => (reason === null ? [] : [{ reason, ...shareOf(answers, of) }]))
    .sort((one, other) => other.count - one.count || collator.compare(one.reason, other.reason));
  return { lowRating, of, unsaid: sum(counted.filter(({ reason }) => reason === null)), reasons };
}

/** A distribution for each wording of the question, most answers first. */
export function questionsOf(counted: readonly CountedReply[]): ReportOwnQuestion[] {
  const wordings = new Map<string, CountedReply[]>();
  for (const reply of counted) {
    const wording = JSON.stringify([reply.kind, reply.text]);
    wordings.set(wording, [...(wordings.get(wording) ?? []), reply]);
  }
  return [...wordings.values()]
    .flatMap(questionOf)
    .sort((one, other) => other.answers - one.answers || collator.compare(one.text, other.text));
}

function questionOf(replies: readonly CountedReply[]): ReportOwnQuestion[] {
  const [first] = replies;
  if (first === undefined) return [];
  const { kind, text } = first;
  const answers = sum(replies);
  const given = new Map<string, number>();
  for (const { choice, answers: count } of replies) if (choice !== null) given.set(choice, count);
  if (kind === 'scale') {
    const numbers = Array.from({ length: 11 }, (_, number) => number);
    const countOf = (number: number): number => given.get(String(number)) ?? 0;
    return [
      {
        ...{ kind, text, answers },
        mean: numbers.reduce((total, number) => total + number * countOf(number), 0) / answers,
        distribution: numbers.map((number) => ({ answer: number, ...shareOf(countOf(number), answers) })),
      },
    ];
  }
  const distribution = [...given]
    .map(([answer, count]) => ({ answer, ...shareOf(count, answers) }))
    .sort((one, other) => other.count - one.count || collator.compare(one.answer, other.answer));
  return [{ kind, text, answers, mean: null, distribution }];
}

function sum(counted: readonly { answers: number }[]): number {
  return counted.reduce((total, { answers }) => total + answers, 0);
}
