import { median, quantile } from './statistics.ts';
import { count, milliseconds, print, printTable, times } from './table.ts';

/** Something to ask a ledger of several sizes. */
export interface Question<Subject> {
  name: string;
  turns: number;
  /** How many milliseconds one turn took. */
  ask(subject: Subject, turn: number): Promise<number>;
}

/** @param undo undoes one turn, and is not timed */
export function question<Subject, Answer>(
  name: string,
  turns: number,
  work: (subject: Subject, turn: number) => Promise<Answer>,
  undo?: (subject: Subject, answer: Answer) => Promise<void>,
): Question<Subject> {
  return {
    name,
    turns,
    async ask(subject, turn) {
      const began = performance.now();
      const answer = await work(subject, turn);
      const took = performance.now() - began;
      await undo?.(subject, answer);
      return took;
    },
  };
}

/** How many milliseconds every turn took, by question. */
export type Answers = Map<string, number[]>;

/** The subjects take turns, so that a busy machine slows all alike. */
export async function askAll<Subject>(
  questions: readonly Question<Subject>[],
  subjects: readonly Subject[],
): Promise<Answers[]> {
  const asked = subjects.map((subject) => ({ subject, answers: new Map<string, number[]>() }));
  for (const { name, turns, ask } of questions) {
    for (const { answers } of asked) answers.set(name, []);
    for (let turn = 0; turn < turns; turn += 1) {
      for (const { subject, answers } of asked) answers.get(name)?.push(await ask(subject, turn));
    }
  }
  return asked.map(({ answers }) => answers);
}

/** A row for each question, a column for each ledger. */
export function printAnswers(ledgers: readonly { rows: number; answers: Answers }[]): void {
  const base = ledgers[0]?.answers ?? new Map<string, number[]>();
  print('what the ledger answers, median (95 %), and the median over that of the first:');
  printTable(
    ['question', ...ledgers.flatMap(({ rows }) => [count(rows), 'ratio'])],
    [...base].map(([name, first]) => [
      name,
      ...ledgers.flatMap(({ answers }) => {
        const took = answers.get(name) ?? [];
        const cell = `${milliseconds(median(took))} (${quantile(took, 0.95).toFixed(2)})`;
        return [cell, times(median(took) / median(first))];
      }),
    ]),
  );
}
