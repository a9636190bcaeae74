import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Settings } from '../config/settings.ts';
import type { ReportDocument } from '../documents/report.ts';
import { isEmailAddress } from '../domain/eligibility/addresses.ts';
import { Failure } from '../failure.ts';
import type { ReportPage } from '../html/report/page.ts';
import type { MailSettings } from '../workflow/scores/mail-report.ts';
import type { ReportQuestion } from '../workflow/scores/report.ts';
import type { CommandContext } from './program/context.ts';

type PageSettings = MailSettings & Pick<Settings, 'policy' | 'brand'>;
type ReportLedger = Parameters<Parameters<CommandContext['withLedger']>[1]>[0]['ledger'];

/** Where the page goes, as given on the command line. */
export interface PageTargets {
  file: string | null;
  addresses: readonly string[];
}

/**
 * Mistakes in `--html` and `--mail-to` are reported before anything is counted.
 *
 * @throws Failure kind usage
 */
export function pageTargets(file: string | undefined, mailTo: readonly string[] | undefined): PageTargets {
  if (file !== undefined) refuseBadFile(file);
  const addresses = [...new Set(mailTo?.flatMap((text) => text.split(',')).map((text) => text.trim()))];
  const wrong = addresses.find((address) => !isEmailAddress(address));
  if (wrong !== undefined) {
    throw new Failure('usage', 'bad_address', `--mail-to: '${wrong}' is not an email address`, {
      hint: 'Write addresses as robin@example.com, several with commas between them.',
    });
  }
  return { file: file ?? null, addresses };
}

/** Writes the page to the file, then mails it. */
export async function deliverPage(
  { signal, clock, now }: Pick<CommandContext, 'signal' | 'clock' | 'now'>,
  ledger: ReportLedger,
  question: ReportQuestion,
  { file, addresses }: PageTargets,
  settings: PageSettings,
): Promise<ReportDocument> {
  const { keptOrganization } = await import('../workflow/context/organization.ts');
  const { reportPageOf } = await import('../workflow/scores/report-page.ts');
  const { reportPage } = await import('../html/report/page.ts');
  const { policy, brand } = settings;
  const organization = policy.companyName ?? (await keptOrganization(ledger))?.name ?? null;
  const make = async (): Promise<{ report: ReportDocument; page: ReportPage; html: string }> => {
    const made = await reportPageOf(ledger, question, { organization, brand, policy, generatedAt: now() });
    return { ...made, html: reportPage(made.page) };
  };
  let made: Awaited<ReturnType<typeof make>>;
  if (file === null) made = await make();
  else {
    const { withResultFile } = await import('../terminal/result-file.ts');
    made = await withResultFile(file, async ({ write }) => {
      const one = await make();
      await write(one.html);
      return one;
    });
  }
  if (addresses.length === 0) return made.report;
  const { mailReport } = await import('../workflow/scores/mail-report.ts');
  const { reportText } = await import('../terminal/report-text.ts');
  const { page, html } = made;
  await mailReport({ page, html, text: reportText(page.groups) }, addresses, { settings, clock, signal });
  return made.report;
}

function refuseBadFile(file: string): void {
  const refuse = (what: string): never => {
    throw new Failure('usage', 'file_not_writable', `--html: ${what}`, {
      hint: 'Name a file in a folder that exists, e.g. --html report.html.',
    });
  };
  if (file === '-') refuse("'-' is not a file, and the page cannot be written to stdout");
  const path = resolve(file);
  if (file.trim() === '' || isFolder(path)) refuse(`'${file}' is a folder`);
  const folder = dirname(path);
  if (!isFolder(folder)) refuse(`there is no folder ${folder}`);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
