import type { Readable } from 'node:stream';
import { Failure } from '../failure.ts';
import { dryRunOption } from './program/common-options.ts';
import type { CommandContext } from './program/context.ts';
import type { CommandDeclaration } from './program/declaration.ts';

export const importCommand: CommandDeclaration = {
  name: 'import',
  group: 'Surveys',
  summary: 'import answers and history from Medallia Agent Connect',
  details:
    'Reads an export (CSV) or rows of Data Return (a JSON array, or JSON lines), so that reports and the suppression ' +
    'period continue: customers who were recently asked there are not asked here. Sends nothing, and posts no card. ' +
    'It leaves out whatever Agent Connect knows about a customer besides the address, the rating, and the comment. ' +
    'Importing a ' +
    'file twice changes nothing. Needs Gladly, to find agents by their email addresses.',
  arguments: [{ name: '<file>', description: 'the export; - reads stdin' }],
  options: [dryRunOption],
  examples: ['gcsat import export.csv --dry-run', 'gcsat import rows.jsonl --json'],
  async run(context, { arguments: [given], options }) {
    const { importView } = await import('../terminal/import-view.ts');
    const { importFile } = await import('../workflow/imports/import-file.ts');
    const { output } = context;
    const name = String(given);
    const bytes = await openBytes(context, name);
    const dryRun = options['dryRun'] === true;
    try {
      await context.withServices('background', async (services) => {
        const progress = output.progress('reading the file');
        const document = await importFile(services, { bytes, name }, { dryRun }, (rows) =>
          progress.update(`reading the file, ${rows} rows so far`),
        ).finally(() => progress.stop());
        output.result(document, () => importView(document, output));
        if (document.unreadable === 0) return;
        const count = `${document.unreadable} of ${document.rows} rows`;
        throw new Failure('partial', 'rows_unreadable', `${count} could not be read and were left out`, {
          hint: 'The lines above say why. Correct those rows in the file, and import it again: what was imported stays.',
        });
      });
    } finally {
      bytes.destroy();
    }
  },
};

/** @throws Failure kind usage, code `file_unreadable` */
async function openBytes({ flags }: CommandContext, name: string): Promise<Readable> {
  if (name === '-') {
    if (flags.tokenStdin !== true) return process.stdin;
    throw new Failure('usage', 'bad_usage', 'the file - and --token-stdin both read stdin', {
      hint: 'Give the token in GCSAT_TOKEN or GCSAT_TOKEN_FILE, or give the name of a file.',
    });
  }
  const { open } = await import('node:fs/promises');
  try {
    return (await open(name)).createReadStream();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new Failure('usage', 'file_unreadable', `the file ${name} cannot be read (${code})`, {
      hint: 'Give the name of an export of Agent Connect.',
      cause: error,
    });
  }
}
