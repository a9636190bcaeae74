import type { SurveyEntry } from '../../documents/surveys.ts';
import type { ListedTime } from '../../terminal/surveys-view.ts';
import type { SurveyFilter } from '../../workflow/operator/surveys.ts';
import type { CommandDeclaration } from '../program/declaration.ts';
import { wholeNumber } from '../program/whole-number.ts';
import { answerFilterOptions } from './answer-filter.ts';
import { filterOf, filterOptions } from './closing-filter.ts';

/** The limit on a terminal, because more rows would only scroll by. */
const shownOnTerminal = 20;

export const listCommand: CommandDeclaration = {
  name: 'list',
  isDefault: true,
  summary: 'list closings and their surveys, newest first',
  details:
    'A low rating is shown as open or done, followed by its last note. Below the list are the commands for ' +
    'uncertain and failed surveys. Times are shown in UTC; a time that you give is in the zone of the organization. ' +
    'Reads only the ledger: it needs no token and no network.',
  options: [
    ...filterOptions(['pending', 'scheduled', 'sent', 'uncertain', 'suppressed', 'failed', 'answered']),
    ...answerFilterOptions,
    {
      flags: '--limit <number>',
      description: `at most this many (${shownOnTerminal} on a terminal, else all)`,
    },
  ],
  examples: [
    'gcsat surveys list --state uncertain',
    'gcsat surveys list --sent-since yesterday --sent-until yesterday',
    'gcsat surveys list --open --answered-since yesterday',
    'gcsat surveys list --answered-since yesterday --answered-until yesterday',
    'gcsat surveys list --topic "Where is my order" --comment',
    "gcsat surveys list --low --since 30d --comment 'too slow'",
    'gcsat surveys list --since 2026-11-01 --jsonl',
  ],
  async run(context, { options }) {
    const { moreText, nextSteps } = await import('../../terminal/surveys-next.ts');
    const { noClosings, surveysView } = await import('../../terminal/surveys-view.ts');
    const { listedStates } = await import('../../documents/surveys.ts');
    const { countSurveys, listSurveys } = await import('../../workflow/operator/surveys.ts');
    const { output, now, withLedger } = context;
    const timeOf = ({ sentSince, sentUntil, answeredSince, answeredUntil }: SurveyFilter): ListedTime => {
      if (sentSince !== undefined || sentUntil !== undefined) return 'sentAt';
      return answeredSince === undefined && answeredUntil === undefined ? 'closedAt' : 'answeredAt';
    };
    const filterIn = await filterOf(context, options, listedStates);
    const given = options['limit'] as string | undefined;
    const limit =
      given !== undefined
        ? wholeNumber('--limit', given, { code: 'limit_invalid', least: 1 })
        : output.isTerminal && !output.json && !output.jsonl
          ? shownOnTerminal
          : null;
    await withLedger({ writes: false }, async ({ ledger, policy }) => {
      const filter = await filterIn({ ledger, policy });
      const entries: SurveyEntry[] = [];
      for await (const entry of listSurveys(
        ledger,
        { ...filter, ...(limit === null ? {} : { limit }) },
        now(),
      )) {
        if (output.jsonl) output.line(entry);
        else entries.push(entry);
      }
      if (output.jsonl) return;
      const isCut = given === undefined && entries.length === limit;
      const more = isCut ? (await countSurveys(ledger, filter)) - entries.length : 0;
      output.result(entries, () =>
        entries.length === 0
          ? noClosings(options['customer'] as string | undefined)
          : surveysView(entries, output, policy.lowRating, timeOf(filter)),
      );
      const hints = [...nextSteps(entries, output), moreText(more)];
      for (const text of hints) if (text !== null) output.hint(text);
    });
  },
};
