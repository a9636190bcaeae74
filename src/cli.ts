import { programOf } from './commands/program/main.ts';
import { lostOutput } from './terminal/lost-output.ts';

declare const GCSAT_VERSION: string;

const program = programOf({
  args: process.argv.slice(2),
  env: process.env,
  version: GCSAT_VERSION,
  print: (text) => void process.stdout.write(text),
});
let outputLost = false;
const crash = { happened: false };

ignoreClosedPipe(process.stdout);
ignoreClosedPipe(process.stderr);
process.on('uncaughtException', (error) => {
  // Only the first error is reported, not what follows from it.
  if (crash.happened) return;
  crash.happened = true;
  // The report can fail too, e.g. when the program was replaced while it ran.
  program.fail(error).then(exit, () => process.exit(1));
});
const code = await program.run().catch((error: unknown) => (crash.happened ? 1 : program.fail(error)));
// After an uncaught error the process ends once the error is reported, whatever the command does meanwhile.
if (!crash.happened) await exit(code);

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
