import type { CommandContext } from './commands/program/context.ts';
import type { Invocation } from './commands/program/parse.ts';
import { lostOutput } from './terminal/lost-output.ts';

declare const GCSAT_VERSION: string;

const args = process.argv.slice(2);
const commandLine = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined);

let context: CommandContext | null = null;
let outputLost = false;
const crash = { happened: false };

ignoreClosedPipe(process.stdout);
ignoreClosedPipe(process.stderr);
process.on('uncaughtException', (error) => {
  // Only the first error is reported, not what follows from it.
  if (crash.happened) return;
  crash.happened = true;
  // The report can fail too, e.g. when the program was replaced while it ran.
  fail(error).then(exit, () => process.exit(1));
});
const code = await main().catch((error: unknown) => (crash.happened ? 1 : fail(error)));
// After an uncaught error the process ends once the error is reported, whatever the command does meanwhile.
if (!crash.happened) await exit(code);

async function main(): Promise<number> {
  const { parseCommandLine } = await import('./commands/program/parse.ts');
  const { helpStyle } = await import('./commands/program/program-help.ts');
  const style = helpStyle(commandLine);
  const print = (text: string): void => void process.stdout.write(text);
  const invocation = parseCommandLine(args, { ...style, version: GCSAT_VERSION, print });
  return invocation === null ? 0 : run(invocation);
}

async function run(invocation: Invocation): Promise<number> {
  const { createContext } = await import('./commands/program/context.ts');
  const own = createContext(invocation.flags, process.env);
  context = own;
  try {
    const code = await invocation.run(own);
    return typeof code === 'number' ? code : 0;
  } finally {
    await own.close();
  }
}

/** The only place where an error becomes an exit code. */
async function fail(error: unknown): Promise<number> {
  const { reportError } = await import('./terminal/report.ts');
  return reportError(error, {
    json: context?.output.json ?? commandLine.includes('--json'),
    answered: context?.output.answered ?? false,
    verbose: context?.output.verbose ?? commandLine.some((arg) => arg === '-v' || arg === '--verbose'),
    color: commandLine.includes('--no-color') ? false : undefined,
  });
}

/** Ends the process once all output is written, even if a handle is still open. */
async function exit(code: number): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.destroyed) await new Promise<void>((resolve) => void stream.write('', () => resolve()));
  }
  process.exit(code === 0 && outputLost ? 7 : code);
}

/** A reader of our output may stop at any time (`| head`); the work still goes on to its end. */
function ignoreClosedPipe(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    outputLost = true;
    if (stream === process.stdout) process.stderr.write(lostOutput(error));
  });
}
