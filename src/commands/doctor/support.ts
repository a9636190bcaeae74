import { policyKeys, profileKeys } from '../../config/setting-keys.ts';
import type { DoctorCheck, SupportDocument } from '../../documents/doctor.ts';
import type { CheckSources } from '../../workflow/checks/check-sources.ts';
import { shownSettings } from '../configure/shown-settings.ts';
import type { CommandContext } from '../program/context.ts';

declare const GCSAT_VERSION: string;

/** Settings that are a number, a time, or one of a few words. All others show only whether they are set. */
const shown: readonly string[] = [
  ...['delivery', 'ratePercent', 'timeout', 'suppressionDays', 'maxAge', 'delay', 'quietHours', 'sample'],
  ...['lowRating', 'surveyExpires', 'answerFinalAfter', 'confirmSends', 'greetCustomer', 'sandbox'],
];
const named: readonly string[] = [
  ...['domain', 'allowHost', 'email', 'token', 'webhookCredentials', 'signingKey', 'database', 'sandbox'],
  ...profileKeys,
  ...policyKeys,
];

export async function supportOf(
  context: CommandContext,
  checks: readonly DoctorCheck[],
  sources: Pick<CheckSources, 'figures'>,
): Promise<SupportDocument> {
  const isRead = checks.some(({ id, status }) => id === 'ledger.version' && status === 'ok');
  const figures = isRead ? await sources.figures() : null;
  return {
    versions: {
      gcsat: GCSAT_VERSION,
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
    },
    settings: await settingsOf(context),
    counts:
      figures === null ? null : { due: figures.due, ...figures.states, cardsMissing: figures.cardsMissing },
    checks: checks.map(({ id, status, code }) => ({ id, status, code })),
  };
}

async function settingsOf(context: CommandContext): Promise<SupportDocument['settings']> {
  const known = await shownSettings(context).catch(() => null);
  if (known === null) return {};
  return Object.fromEntries(
    Object.entries(known.settings)
      .filter(([name]) => named.includes(name))
      .map(([name, { value, origin, problem }]) => {
        const isSet = value !== null && value !== '';
        const printed =
          problem !== undefined ? 'invalid' : !isSet ? 'not set' : shown.includes(name) ? value : 'set';
        return [name, { value: printed, origin }];
      }),
  );
}
