import { writeSync } from 'node:fs';
import type { CommandContext } from './commands/context.ts';
import type { Invocation } from './commands/program.ts';

declare const GCSAT_VERSION: string;

// Everything that we write is for its owner alone.
process.umask(0o077);

const args = process.argv.slice(2);
const commandLine = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined);

let context: CommandContext | null = null;
let outputLost = false;
let isFailing = false;

const only = args.length === 1 ? args[0] : undefined;
// Scripts ask for the version before every run, people for help: both come without the parser, and the version
// without the streams, which cost more to open than everything else that it needs.
if (only === '--version' || only === '-V') {
  printVersion();
} else {
  ignoreClosedPipe(process.stdout);
  ignoreClosedPipe(process.stderr);
  process.on('uncaughtException', (error) => {
    // Telling of the error can fail too, e.g. when the program was replaced while it ran.
    if (isFailing) process.exit(1);
    isFailing = true;
    void fail(error).then(exit);
  });
  const wantsHelp = args.length === 0 || only === '--help' || only === '-h';
  await exit(await (wantsHelp ? help() : main()).catch(fail));
}

function printVersion(): void {
  try {
    writeSync(1, `${GCSAT_VERSION}\n`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') process.exitCode = 7;
  }
}

async function help(): Promise<number> {
  const { programHelp } = await import('./commands/program-help.ts');
  process.stdout.write(programHelp(commandLine));
  return 0;
}

async function main(): Promise<number> {
  const { parseCommandLine } = await import('./commands/program.ts');
  const { helpStyle } = await import('./commands/program-help.ts');
  const style = helpStyle(commandLine);
  const print = (text: string): void => void process.stdout.write(text);
  const invocation = parseCommandLine(args, { ...style, version: GCSAT_VERSION, print });
  return invocation === null ? 0 : run(invocation);
}

async function run(invocation: Invocation): Promise<number> {
  const { createContext } = await import('./commands/context.ts');
  const own = createContext(invocation.flags, process.env);
  context = own;
  try {
    const code = await invocation.run(own);
    return typeof code === 'number' ? code : 0;
  } finally {
    await own.close();
  }
}

/** The one place in which an error becomes an exit code. */
async function fail(error: unknown): Promise<number> {
  const { reportError } = await import('./terminal/report.ts');
  return reportError(error, {
    json: context?.output.json ?? commandLine.includes('--json'),
    answered: context?.output.answered ?? false,
    verbose: context?.output.verbose ?? commandLine.some((arg) => arg === '-v' || arg === '--verbose'),
    color: commandLine.includes('--no-color') ? false : undefined,
  });
}

/** Ends the process once everything is written; a handle that somebody left open does not hold it. */
async function exit(code: number): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.destroyed) await new Promise<void>((resolve) => void stream.write('', () => resolve()));
  }
  process.exit(code === 0 && outputLost ? 7 : code);
}

/** Whoever read our output may stop at any time (`| head`); the work itself goes on to its end. */
function ignoreClosedPipe(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    outputLost = true;
    if (stream === process.stdout)
      process.stderr.write(`error: cannot write to stdout (${error.code ?? 'unknown'})\n`);
  });
}
