import { Failure } from '../failure.ts';
import { clean } from './text.ts';

/** Questions to a person at a terminal; only for use when prompts are allowed. */
export interface Prompts {
  text(question: TextQuestion): Promise<string>;
  /** The input shows as stars and cannot be revealed. */
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
  /** Returns null if the answer is valid, else what is wrong with it. */
  problem(answer: string): string | null | Promise<string | null>;
}

/**
 * Prompts on stderr, because stdout carries only results.
 *
 * @throws Failure kind interrupted on Ctrl-C and when the input ends (Ctrl-D), and the signal's reason if it aborts.
 */
export async function openPrompts(signal: AbortSignal): Promise<Prompts> {
  const { default: inquirer } = await import('inquirer');
  const valid =
    ({ problem }: Pick<TextQuestion, 'problem'>) =>
    async (answer: string): Promise<true | string> => {
      const wrong = await problem(answer);
      return wrong === null ? true : clean(wrong);
    };

  async function ask<Value>(question: object): Promise<Value> {
    const input = watchForEnd(process.stdin);
    const ended = AbortSignal.any([signal, input.ended]);
    const prompt = inquirer.createPromptModule({ output: process.stderr, signal: ended });
    try {
      const { answer } = await prompt<{ answer: unknown }>([{ ...question, name: 'answer' } as never]);
      return answer as Value;
    } catch (error) {
      throw reasonOf(error);
    } finally {
      input.close();
    }
  }

  return {
    text: (question) =>
      ask({
        type: 'input',
        message: question.message,
        ...(question.initial === undefined ? {} : { default: clean(question.initial) }),
        validate: valid(question),
      }),
    secret: (question) =>
      ask({
        type: 'password',
        message: question.message,
        mask: '*',
        toggleMask: false,
        validate: valid(question),
      }),
    choice: (message, choices, initial) =>
      ask({ type: 'select', message, choices: [...choices], default: initial }),
    confirm: (message) => ask({ type: 'confirm', message, default: false }),
  };
}

/**
 * Aborts once nothing more can be typed. On Ctrl-D, readline closes itself, and inquirer would wait forever. Only then
 * does readline both pause the input and end its raw mode.
 */
function watchForEnd(input: NodeJS.ReadStream): { ended: AbortSignal; close(): void } {
  const controller = new AbortController();
  const events = ['pause', 'end', 'close'] as const;
  let looking: NodeJS.Immediate | undefined;
  const look = (): void => {
    clearImmediate(looking);
    // An answer also closes readline, but has settled by then.
    looking = setImmediate(() => {
      if (!input.isRaw) controller.abort(stoppedAtQuestion());
    });
  };
  for (const event of events) input.on(event, look);
  return {
    ended: controller.signal,
    close() {
      clearImmediate(looking);
      for (const event of events) input.off(event, look);
    },
  };
}

function stoppedAtQuestion(): Failure {
  return new Failure('interrupted', 'interrupted', 'stopped at a prompt; nothing was changed', {
    hint: 'Run the command again, or give the answers as flags.',
  });
}

function reasonOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === 'ExitPromptError') return stoppedAtQuestion();
  // The cause is the abort reason, which names the signal.
  return error.cause instanceof Failure ? error.cause : error;
}
