import type { Settings } from '../../config/settings.ts';
import { Failure } from '../../failure.ts';
import { isLoopback } from '../../domain/values/loopback.ts';
import { isCertificateCode } from '../../http/transport-error.ts';
import { publicUrlOf } from '../context/open-delivery.ts';
import { ok, skipped, type Check, type Finding } from './check.ts';
import type { CheckSources } from './check-sources.ts';
import { ofEachBrand } from './each-brand.ts';
import type { PageAnswer } from './page-probe.ts';

const dayMs = 86_400_000;
/** Certificates that renew automatically do so 30 days ahead. */
const fewDays = 14;
/** A link to no survey: the page that answers it shows whether it is ours. */
const path = '/s/doctor';
const ourStylesheet = /assets\/survey-[0-9a-f]{16}\.css/;

const unseen =
  'This machine cannot tell whether customers can reach it. Open it on a phone with Wi-Fi turned off.';

export const surveyAddressCheck: Check<Pick<CheckSources, 'settings' | 'names' | 'page' | 'clock'>> = {
  id: 'survey.address',
  about: 'the name of the survey page resolves, its certificate is valid, and the page answers',
  matters: 'The links in messages lead there.',
  needs: ['config.files'],
  isRemote: true,
  run: ({ settings, ...sources }) =>
    ofEachBrand(
      settings(),
      ({ publicUrl }) => publicUrl,
      (own) => addressFinding(own, sources),
    ),
};

async function addressFinding(
  given: Settings,
  { names, page, clock }: Pick<CheckSources, 'names' | 'page' | 'clock'>,
): Promise<Finding> {
  const url = publicUrlOf(given);
  if (given.origins['publicUrl'] === 'default') {
    return skipped(`publicUrl is not set: links lead to ${url}, which only this machine can reach`);
  }
  const { hostname, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const unresolved = isLoopback(host) ? null : await nameProblem(host, names);
  if (unresolved !== null) return unresolved;
  let answer: PageAnswer;
  try {
    answer = await page(`${url}${path}`);
  } catch (error) {
    return refusedBy(url, error);
  }
  refuseForeign(url, answer);
  const days =
    answer.certificateEndsAt === null
      ? null
      : Math.floor((Date.parse(answer.certificateEndsAt) - clock()) / dayMs);
  if (days !== null && days < fewDays) {
    return {
      status: 'warning',
      code: 'certificate_ends',
      summary: `the certificate of ${host} expires in ${days} days`,
      fix: 'Renew it, and find out why it is not renewed automatically.',
    };
  }
  if (protocol === 'http:' && !isLoopback(host)) {
    return {
      status: 'warning',
      code: 'survey_page_unencrypted',
      summary: `${url} answers without encryption`,
      detail: 'Anyone along the way can read and change answers.',
      fix: 'Put a proxy with TLS in front of `gcsat serve`, and set publicUrl to its https address.',
    };
  }
  const certificate = days === null ? '' : `, with a certificate valid for ${days} more days`;
  return ok(`the survey page answers at ${url}${certificate}`, unseen);
}

export const surveySecretCheck: Check<Pick<CheckSources, 'settings' | 'configuration'>> = {
  id: 'survey.secret',
  about: 'the signing key of survey links can be read, and is long enough',
  matters: 'No link can be made or read without it.',
  needs: ['config.files'],
  async run({ settings, configuration }) {
    const { byteLength } = await settings().surveySecret();
    const later = configuration.signingKey === 'none' ? ', made when the first message needs it' : '';
    return ok(`${byteLength} bytes${later}`);
  },
};

async function nameProblem(host: string, names: CheckSources['names']): Promise<Finding | null> {
  try {
    await names.addresses(host);
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code !== 'ENOTFOUND') return skipped(`DNS does not answer for ${host} here (${code})`);
    throw new Failure('configuration', 'survey_name_unknown', `the name ${host} does not resolve here`, {
      hint: 'Correct publicUrl with `gcsat configure set publicUrl=…`, or add the name to DNS.',
      cause: error,
    });
  }
}

/** Many networks cannot reach their own public address from inside, so silence proves nothing. */
function refusedBy(url: string, error: unknown): Finding {
  const { code, name } = error as NodeJS.ErrnoException;
  if (code !== undefined && isCertificateCode(code)) {
    throw new Failure(
      'configuration',
      'certificate_invalid',
      `browsers refuse the certificate of ${url} (${code})`,
      {
        hint: 'Renew it, with the name of the page in it and the whole chain up to its authority.',
        cause: error,
      },
    );
  }
  return {
    status: 'warning',
    code: 'survey_page_silent',
    kind: 'temporary',
    summary: `this machine gets no answer from ${url} (${code ?? name})`,
    detail: unseen,
    fix: 'Start `gcsat serve` if it is not running; otherwise check the proxy and the firewall.',
  };
}

function refuseForeign(url: string, { status, body }: PageAnswer): void {
  if (ourStylesheet.test(body)) return;
  if (status >= 500) {
    throw new Failure(
      'temporary',
      'survey_page_down',
      `${url} answers with ${status}: the proxy finds no server`,
      {
        hint: 'Start `gcsat serve`, and check that the proxy leads to its port.',
      },
    );
  }
  throw new Failure(
    'configuration',
    'survey_page_foreign',
    `something other than the survey page answers at ${url}`,
    {
      hint: 'Correct the proxy, or publicUrl with `gcsat configure set publicUrl=…`.',
    },
  );
}
