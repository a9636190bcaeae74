import { writeSync } from 'node:fs';

declare const GCSAT_VERSION: string;

// Everything that we write is for its owner alone.
process.umask(0o077);

const args = process.argv.slice(2);
const only = args.length === 1 ? args[0] : undefined;

// Scripts ask for the version before every run, people for help: both come without ES modules, the parser and the
// streams, each of which costs more to start than everything else that they need.
if (only === '--version' || only === '-V') {
  printAtOnce(`${GCSAT_VERSION}\n`);
} else if (args.length === 0 || only === '--help' || only === '-h') {
  void import('./commands/program-help.ts').then(({ programHelp }) => printAtOnce(programHelp(args)));
} else {
  void import('./cli.ts');
}

function printAtOnce(text: string): void {
  try {
    writeSync(1, text);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (code === 'EPIPE') return;
    process.exitCode = 7;
    process.stderr.write(
      `error: cannot write to stdout: ${code} (make room where it goes, then run it again)\n`,
    );
  }
}
