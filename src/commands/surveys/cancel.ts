import type { SurveyEntry } from '../../documents/surveys.ts';
import { Failure } from '../../failure.ts';
import type { Services } from '../../workflow/context/services.ts';
import { dryRunOption, yesOption } from '../program/common-options.ts';
import type { CommandContext } from '../program/context.ts';
import type { CommandDeclaration } from '../program/declaration.ts';
import { refuseEmptyId } from '../program/empty-ids.ts';
import { filterOf, filterOptions, isFiltered } from './closing-filter.ts';
import { dryRunNote } from './dry-run-note.ts';

/** The states of closings whose survey has not left yet. */
const cancellable = ['pending', 'scheduled', 'failed'] as const;

/** The table has at most this many rows; beyond that, only the count is printed. */
const mostShown = 20;

export const cancelCommand: CommandDeclaration = {
  name: 'cancel',
  summary: 'cancel surveys that have not left yet',
  details:
    'Takes the ids of one or more surveys, or filters for all that match. If there are several, it shows how many and ' +
    'asks first; without a terminal, it needs --yes. It needs no token and no network. ' +
    'A replay of a canceled conversation decides again, and may send its survey.',
  arguments: [
    { name: '[id...]', description: 'ids of surveys, closings or conversations', suggestions: 'surveys' },
  ],
  options: [...filterOptions(cancellable), yesOption, dryRunOption],
  examples: [
    'gcsat surveys cancel 5LNrIaOiRJ6u3vQ8jHyTkQ',
    'gcsat surveys cancel --state pending,scheduled --since 7d --dry-run',
  ],
  async run(context, { arguments: [given], options }) {
    const { noClosings, surveysView } = await import('../../terminal/surveys-view.ts');
    const { countsUnasked } = await import('../../workflow/context/counts-unasked.ts');
    const { withLedgerCopy } = await import('../../workflow/context/dry-run.ts');
    const { cancelSurvey, cancelSurveys } = await import('../../workflow/operator/surveys.ts');
    const { output, now, withLedger } = context;
    const ids = [...new Set(given as string[])];
    const dryRun = options['dryRun'] === true;
    ids.forEach(refuseEmptyId);
    if (ids.length > 0 === isFiltered(options)) throw unclear(ids.length > 0);
    const filterIn = await filterOf(context, options, cancellable);
    await withLedger({ writes: !dryRun }, (opened) =>
      withLedgerCopy(opened.ledger, dryRun, async (ledger) => {
        const counts = countsUnasked(opened.settings);
        const [only] = ids;
        if (only !== undefined && ids.length === 1) {
          const entry = { ...(await cancelSurvey(ledger, only, now(), counts)), dryRun };
          output.result(entry, () => surveysView([entry], output) + dryRunNote(dryRun));
          return;
        }
        const found =
          ids.length > 0
            ? await named(ledger, ids, now())
            : await filtered(ledger, await filterIn({ ledger, policy: opened.policy }), now());
        const asks = !dryRun && options['yes'] !== true && found.length > 0;
        if (asks && !(await isConfirmed(context, found))) {
          output.result([], () => 'Nothing was canceled.');
          return;
        }
        const { cancelled, left } = await cancelSurveys(ledger, found, now(), counts);
        const entries = cancelled.map((entry) => ({ ...entry, dryRun }));
        output.result(entries, () => {
          const count = `${entries.length} ${dryRun ? 'would be' : entries.length === 1 ? 'is' : 'are'} canceled.`;
          if (entries.length === 0) return noClosings(options['customer'] as string | undefined);
          const table = entries.length > mostShown ? '' : `${surveysView(entries, output)}\n\n`;
          return table + count + dryRunNote(dryRun);
        });
        if (left.length > 0) throw notCancelled(left, found.length);
      }),
    );
  },
};

async function named(
  ledger: Services['ledger'],
  ids: readonly string[],
  now: string,
): Promise<SurveyEntry[]> {
  const { surveysNamed } = await import('../../workflow/operator/surveys.ts');
  return surveysNamed(ledger, ids, now);
}

async function filtered(
  ledger: Services['ledger'],
  filter: Awaited<ReturnType<Awaited<ReturnType<typeof filterOf>>>>,
  now: string,
): Promise<SurveyEntry[]> {
  const { listSurveys } = await import('../../workflow/operator/surveys.ts');
  const found: SurveyEntry[] = [];
  for await (const entry of listSurveys(ledger, { states: cancellable, ...filter }, now)) found.push(entry);
  return found;
}

async function isConfirmed(context: CommandContext, found: readonly SurveyEntry[]): Promise<boolean> {
  const { confirmed } = await import('../program/confirmation.ts');
  const counts = cancellable.flatMap((state) => {
    const count = found.filter((entry) => entry.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  const what = `${found.length} ${found.length === 1 ? 'closing' : 'closings'} (${counts.join(', ')})`;
  return confirmed(
    context,
    `canceling ${what}`,
    `Cancel ${what}? They will be surveyed only if somebody replays their conversations.`,
  );
}

function unclear(hasBoth: boolean): Failure {
  return hasBoth
    ? new Failure('usage', 'bad_usage', 'ids and filters cannot be combined', {
        hint: 'Give one or the other.',
      })
    : new Failure('usage', 'bad_usage', 'it is not clear what to cancel', {
        hint: 'Give one or more ids, or a filter such as --state pending,scheduled.',
      });
}

function notCancelled(left: readonly string[], all: number): Failure {
  const message = `${left.length} of ${all} could not be canceled: ${left.join(', ')}`;
  return new Failure('partial', 'closings_not_cancelled', message, {
    hint: 'Their messages have left, or they were already settled. `gcsat surveys show` says what happened to each.',
  });
}
