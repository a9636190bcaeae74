import {
  importChoices,
  reportFields,
  reportTables,
  type ImportChoice,
  type ReportField,
} from '../domain/scores/report-parts.ts';
import { Failure } from '../failure.ts';
import { timezoneOption } from './program/common-options.ts';
import type { CommandDeclaration } from './program/declaration.ts';
import { wholeNumber } from './program/whole-number.ts';

interface ReportOptions {
  since?: string | undefined;
  until?: string | undefined;
  timezone?: string | undefined;
  by?: string | undefined;
  agent?: string[] | undefined;
  inbox?: string[] | undefined;
  topic?: string[] | undefined;
  channel?: string[] | undefined;
  brand?: string[] | undefined;
  imported?: ImportChoice | undefined;
  min?: string | undefined;
  /** False: `--no-compare`. */
  compare?: boolean | undefined;
  creditCompare?: boolean | undefined;
  /** True: without the name of a table. */
  csv?: string | true | undefined;
  html?: string | undefined;
  /** Separated by commas. */
  mailTo?: string[] | undefined;
}

/** The range if none is given. */
const usualSince = '7d';
const usualMinimum = 10;

export const reportCommand: CommandDeclaration = {
  name: 'report',
  group: 'Surveys',
  summary: 'who was asked, who answered, and how satisfied they were, compared with the period before',
  details:
    'Counts the closings whose own time is in the range (by default the last 7 days), in the live lane. Every score ' +
    'is shown with its 95% interval and its number of answers, and so is the response rate where there is room ' +
    '(--json and --csv have all). Rows are sorted by name, never ranked. Times are in the zone of the ' +
    'organization. Reads only the ledger: it needs no token and no network, and waits for no other process. ' +
    'docs/report.md says what each figure counts.',
  options: [
    { flags: '--since <time>', description: `closed since then, e.g. 2026-11-01 or 30d (${usualSince})` },
    { flags: '--until <time>', description: 'closed before then; a date means the end of that day (now)' },
    timezoneOption,
    {
      flags: '--by <fields>',
      description: `a row for each: ${reportFields.join(', ')}; or two, e.g. agent,inbox`,
    },
    { flags: '--agent <name...>', description: 'only these: id, name or email of who gets the rating' },
    { flags: '--inbox <name...>', description: 'only these: id or name' },
    { flags: '--topic <name...>', description: 'only with one of these: id or name' },
    { flags: '--channel <name...>', description: 'only these channels of the last response, e.g. email' },
    { flags: '--brand <name...>', description: 'only these brands', suggestions: 'brands' },
    {
      flags: '--imported <choice>',
      description: 'with, without, or only what was imported from Agent Connect (with)',
      choices: importChoices,
    },
    {
      flags: '--min <number>',
      description: `compare only rows with at least this many answers (${usualMinimum})`,
    },
    { flags: '--no-compare', description: 'leave out the range of the same length right before' },
    {
      flags: '--credit-compare',
      description: 'also count what the assignee would have gotten instead of the last responder',
    },
    {
      flags: '--csv [table]',
      description: 'print one table as CSV, rows unless named',
      choices: reportTables,
    },
    { flags: '--html <file>', description: 'write the report as one HTML page for viewing and printing' },
    {
      flags: '--mail-to <address...>',
      description: 'mail the report and its page by smtp; prints nothing if all goes well',
    },
  ],
  examples: [
    'gcsat report --by agent',
    'gcsat report --since 2026-11-01 --until 2026-11-30 --by topic --inbox "Orders and Delivery"',
    'gcsat report --since 90d --by week --csv > weeks.csv',
    'gcsat report --since 30d --credit-compare --json',
    'gcsat report --since 30d --html report.html',
    'gcsat report --mail-to head-of-support@acme.com --quiet',
  ],
  async run(context, { options }) {
    const given: ReportOptions = options;
    const { output, clock, withLedger } = context;
    const { parseTimeRange, refuseBadTimeRange } = await import('./program/time-range.ts');
    const { calendarZoneOf } = await import('./program/ledger-zone.ts');
    const { filtersOf } = await import('../workflow/scores/filters.ts');
    const { hasOnlyTrials, reportOf } = await import('../workflow/scores/report.ts');
    const by = fieldsOf(given.by);
    const range = { since: given.since ?? usualSince, until: given.until };
    refuseBadTimeRange(range, clock(), given.timezone);
    const minimum =
      given.min === undefined ? usualMinimum : wholeNumber('--min', given.min, { code: 'min_invalid' });
    const table = given.csv === true ? 'rows' : given.csv;
    if (table !== undefined && (output.json || output.jsonl)) {
      throw new Failure('usage', 'contradicting_options', '--csv and --json contradict each other', {
        hint: 'Give one of them.',
      });
    }
    const { deliverPage, pageTargets } = await import('./report-page.ts');
    const targets = pageTargets(given.html, given.mailTo);
    const isPage = targets.file !== null || targets.addresses.length > 0;
    await withLedger({ writes: false }, async ({ ledger, policy, settings }) => {
      if (targets.addresses.length > 0) {
        const { refuseWithoutSmtp } = await import('../workflow/scores/mail-report.ts');
        refuseWithoutSmtp(settings);
      }
      const timezone = given.timezone ?? (await calendarZoneOf(ledger, output));
      const question = {
        range: parseTimeRange(range, clock(), timezone),
        timezone,
        by,
        filters: await filtersOf(ledger, {
          agents: given.agent ?? [],
          inboxes: given.inbox ?? [],
          topics: given.topic ?? [],
          channels: given.channel ?? [],
          brands: given.brand ?? [],
          imported: given.imported ?? 'with',
        }),
        minimum,
        satisfiedFrom: policy.satisfiedFrom,
        lowRating: policy.lowRating,
        withPrevious: given.compare !== false,
        withCredit: given.creditCompare === true || table === 'credit',
      };
      const report = isPage
        ? await deliverPage(context, ledger, question, targets, settings)
        : await reportOf(ledger, question);
      if (await hasOnlyTrials(ledger, report)) {
        output.warn(
          'trial surveys (outbox) are not counted, and there are no closings with other deliveries here',
        );
      }
      if (table !== undefined) {
        const { reportCsv } = await import('../terminal/report-csv.ts');
        const which = reportTables.find((one) => one === table) ?? 'rows';
        await output.part(reportCsv(report, which));
        return;
      }
      // A mailed report comes from cron, which mails whatever is printed.
      if (isPage && !output.json && !output.jsonl) {
        if (targets.addresses.length === 0)
          output.result(report, () => `The page is in ${targets.file ?? ''}.`);
        return;
      }
      const { reportView } = await import('../terminal/report-view.ts');
      const usual = given.since === undefined && given.until === undefined;
      output.result(report, () =>
        [
          ...(usual ? ['Showing the last 7 days; use --since and --until for another range.'] : []),
          reportView(report, output),
        ].join('\n'),
      );
    });
  },
};

/** @throws Failure kind usage */
function fieldsOf(given: string | undefined): ReportField[] {
  if (given === undefined) return [];
  const fields = given.split(',').map((text) => {
    const field = reportFields.find((one) => one === text.trim());
    if (field !== undefined) return field;
    throw new Failure('usage', 'field_unknown', `--by does not accept '${text.trim()}'`, {
      hint: `Give one or two of ${reportFields.join(', ')}.`,
    });
  });
  if (fields.length <= 2 && new Set(fields).size === fields.length) return fields;
  const what = fields.length > 2 ? 'more than two fields' : 'one field twice';
  throw new Failure('usage', 'bad_usage', `--by has ${what}`, {
    hint: 'Give one field or two, e.g. agent,inbox.',
  });
}
