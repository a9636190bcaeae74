import { writeSync } from 'node:fs';
import { lostOutput } from './terminal/lost-output.ts';

declare const GCSAT_VERSION: string;

// Everything we write is private to its owner.
process.umask(0o077);

const args = process.argv.slice(2);
const only = args.length === 1 ? args[0] : undefined;

// Scripts ask for the version before every run, and people for the help. Both are printed without ES modules, the
// parser, and the streams, each of which takes longer to start than everything else they need.
if (only === '--version' || only === '-V') {
  printAtOnce(`${GCSAT_VERSION}\n`);
} else if (args.length === 0 || only === '--help' || only === '-h') {
  void import('./commands/program/program-help.ts').then(({ programHelp }) => printAtOnce(programHelp(args)));
} else {
  // Without a listener, the signal opens Node's inspector, through which other programs can read every secret.
  process.on('SIGUSR1', () => undefined);
  void import('./cli.ts');
}

function printAtOnce(text: string): void {
  try {
    writeSync(1, text);
  } catch (error) {
    const failure = error as NodeJS.ErrnoException;
    if (failure.code === 'EPIPE') return;
    process.exitCode = 7;
    process.stderr.write(lostOutput(failure));
  }
}
