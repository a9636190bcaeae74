import { Failure } from '../failure.ts';
import { clean } from './text.ts';

/** Questions to a person at a terminal; only to be asked when prompts are allowed. */
export interface Prompts {
  text(question: TextQuestion): Promise<string>;
  /** What is typed shows as stars and can not be revealed. */
  secret(question: Omit<TextQuestion, 'initial'>): Promise<string>;
  choice<Value extends string>(
    message: string,
    choices: readonly { value: Value; name: string }[],
    initial: Value,
  ): Promise<Value>;
  confirm(message: string): Promise<boolean>;
}

export interface TextQuestion {
  readonly message: string;
  readonly initial?: string | undefined;
  /** Null: fine; else what is wrong. */
  problem(answer: string): string | null;
}

/**
 * Prompts on stderr, because stdout carries results only.
 *
 * @throws Failure kind interrupted on Ctrl-C, and the signal's reason when that aborts.
 */
export async function openPrompts(signal: AbortSignal): Promise<Prompts> {
  const { default: inquirer } = await import('inquirer');
  const prompt = inquirer.createPromptModule({ output: process.stderr, signal });
  const valid =
    ({ problem }: Pick<TextQuestion, 'problem'>) =>
    (answer: string): true | string => {
      const wrong = problem(answer);
      return wrong === null ? true : clean(wrong);
    };
  return {
    text: (question) =>
      answered(
        prompt<{ answer: string }>([
          {
            type: 'input',
            name: 'answer',
            message: question.message,
            ...(question.initial === undefined ? {} : { default: clean(question.initial) }),
            validate: valid(question),
          },
        ]),
      ),
    secret: (question) =>
      answered(
        prompt<{ answer: string }>([
          {
            type: 'password',
            name: 'answer',
            message: question.message,
            mask: '*',
            toggleMask: false,
            validate: valid(question),
          },
        ]),
      ),
    choice: (message, choices, initial) =>
      answered(
        prompt<{ answer: string }>([
          { type: 'select', name: 'answer', message, choices: [...choices], default: initial },
        ]),
      ),
    confirm: (message) =>
      answered(prompt<{ answer: boolean }>([{ type: 'confirm', name: 'answer', message, default: false }])),
  };
}

async function answered<Value>(asking: Promise<{ answer: unknown }>): Promise<Value> {
  try {
    return (await asking).answer as Value;
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError') {
      throw new Failure('interrupted', 'interrupted', 'stopped at a question; nothing was changed', {
        hint: 'run the command again, or give the answers by flags',
      });
    }
    // A signal's reason says which one it was.
    if (error instanceof Error && error.cause instanceof Failure) throw error.cause;
    throw error;
  }
}
