import type { CommandContext } from './context.ts';
import type { Invocation } from './parse.ts';

/** What the process was started with. */
export interface ProcessInput {
  /** The command line, without the program's own name. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  /** Prints help and the version on stdout. */
  readonly print: (text: string) => void;
}

export interface Program {
  /** Runs the command line to its end. @returns the exit code */
  run(): Promise<number>;
  /** Reports an error. This is the only place where an error becomes an exit code. */
  fail(error: unknown): Promise<number>;
}

export function programOf({ args, env, version, print }: ProcessInput): Program {
  const commandLine = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined);
  let context: CommandContext | null = null;

  const invoke = async (invocation: Invocation): Promise<number> => {
    const { createContext } = await import('./context.ts');
    const own = createContext(invocation.flags, env);
    context = own;
    try {
      const code = await invocation.run(own);
      return typeof code === 'number' ? code : 0;
    } finally {
      await own.close();
    }
  };
  return {
    async run() {
      const { parseCommandLine } = await import('./parse.ts');
      const { helpStyle } = await import('./program-help.ts');
      const invocation = parseCommandLine(args, { ...helpStyle(commandLine), version, print });
      return invocation === null ? 0 : invoke(invocation);
    },
    async fail(error) {
      const { reportError } = await import('../../terminal/report.ts');
      return reportError(error, {
        json: context?.output.json ?? commandLine.includes('--json'),
        answered: context?.output.answered ?? false,
        verbose: context?.output.verbose ?? commandLine.some((arg) => arg === '-v' || arg === '--verbose'),
        color: commandLine.includes('--no-color') ? false : undefined,
      });
    },
  };
}
