import type { Settings } from '../../config/settings.ts';
import { sendReportMail } from '../../delivery/report-mail.ts';
import { traitsOf } from '../../domain/delivery.ts';
import { Failure } from '../../failure.ts';
import { reportMail } from '../../html/report/mail.ts';
import type { ReportPage } from '../../html/report/page.ts';

export type MailSettings = Pick<Settings, 'delivery' | 'from' | 'smtpUrl' | 'publicUrl'>;

/**
 * Mails a report with its page. @param report `html` is the page, `text` is for mail programs that show no HTML
 *
 * @throws the Failures of `refuseWithoutSmtp` and `sendReportMail`
 */
export async function mailReport(
  { page, html, text }: { page: ReportPage; html: string; text: string },
  addresses: readonly string[],
  { settings, clock, signal }: { settings: MailSettings; clock: () => number; signal: AbortSignal },
): Promise<void> {
  const { subject, name, html: summary } = reportMail(page);
  await sendReportMail({ subject, text, html: summary, attachment: { name, html } }, addresses, {
    ...refuseWithoutSmtp(settings),
    publicUrl: settings.publicUrl,
    organization: page.organization,
    clock,
    signal,
  });
}

/** @throws Failure kind configuration that says what to set before mail can be sent */
export function refuseWithoutSmtp({ delivery, smtpUrl, from }: MailSettings): {
  url: string;
  from: string;
} {
  const hint =
    'Set GCSAT_DELIVERY=smtp, GCSAT_SMTP_URL and GCSAT_FROM, or the same in the profile with `gcsat configure set`. Or write the page to a file with --html.';
  if (traitsOf(delivery).carrier !== 'mail_server') {
    throw new Failure(
      'configuration',
      'mail_needs_smtp',
      `--mail-to sends by smtp, and the delivery is ${delivery}`,
      { hint },
    );
  }
  if (smtpUrl === null || from === null) {
    const what = smtpUrl === null ? 'the address of a mail server' : 'a sender address';
    throw new Failure('configuration', 'delivery_incomplete', `delivery smtp needs ${what}`, { hint });
  }
  return { url: smtpUrl, from };
}
