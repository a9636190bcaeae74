import type { SendingPause } from '../../domain/closing/pause.ts';
import { exitCodes, Failure } from '../../failure.ts';
import type { Output } from '../../terminal/output.ts';
import type { TestedCheck } from '../../workflow/checks/check-configuration.ts';
import type { TestAlert } from '../../workflow/checks/send-test-alert.ts';
import type { Sample } from '../../workflow/checks/send-sample.ts';
import type { CommandDeclaration } from '../program/declaration.ts';

export const testCommand: CommandDeclaration = {
  name: 'test',
  summary: 'check that everything configured works',
  details:
    'Connects to Gladly, reads the template, opens the ledger, and tries the delivery (smtp: connects, logs in, and ' +
    'names the sender). Sends something only with --send-to or --send-alert, even while sending is paused. The first ' +
    'failed check determines the exit code.',
  options: [
    {
      flags: '--send-to <address>',
      description: 'send one sample survey, marked as a test, to this address or number',
    },
    {
      flags: '--brand <name>',
      description: 'with --send-to: as this brand would send it',
      suggestions: 'brands',
    },
    { flags: '--send-alert', description: 'send one alert about a low rating, marked as a test' },
  ],
  examples: ['gcsat configure test --profile acme', 'gcsat configure test --send-to me@acme.com'],
  async run(context, { options }) {
    const { output, signal, clock, settings: load } = context;
    const { clean } = await import('../../terminal/text.ts');
    const { testConfiguration } = await import('../../workflow/checks/check-configuration.ts');
    const { checkedSettings } = await import('../program/checked-configuration.ts');
    const { namedBrand } = await import('./brand/named-brand.ts');
    const { sendTestAlert } = await import('../../workflow/checks/send-test-alert.ts');
    const { sendSampleSurvey } = await import('../../workflow/checks/send-sample.ts');
    const settings = await load({ keepsSigningKey: false });
    const sendTo = options['sendTo'] as string | undefined;
    const ofBrand = options['brand'] as string | undefined;
    const brand = ofBrand === undefined ? null : namedBrand(settings.brands, ofBrand).name;
    const checking = `checking ${settings.origin}`;
    const progress = output.progress(checking);
    let tested: { checks: TestedCheck[]; warnings: string[]; pause: SendingPause | null };
    let sample: Sample | null;
    let alerts: TestAlert[] = [];
    try {
      // The sample goes first, because it may end in a usage failure.
      if (sendTo !== undefined) progress.update(`sending the sample by ${settings.delivery}`);
      sample =
        sendTo === undefined ? null : await sendSampleSurvey(settings, sendTo, { signal, clock, brand });
      if (options['sendAlert'] === true) {
        progress.update('sending the alert');
        alerts = await sendTestAlert(settings, { signal, clock });
      }
      progress.update(checking);
      const onWait = (what: string): void => progress.update(what);
      tested = await testConfiguration(checkedSettings(context, settings), { signal, onWait });
    } finally {
      progress.stop();
    }
    const { checks, warnings, pause } = tested;
    if (pause !== null) {
      const { pauseText } = await import('../../terminal/pause-view.ts');
      const exempt = sample === null ? '' : '; the sample is sent anyway, because you asked for it';
      output.warn(`${pauseText(pause)}${exempt}`);
    }
    const lines = [...checks, ...(sample === null ? [] : [lineOf(sample)]), ...alerts.map(alertLine)];
    output.result(
      {
        profile: settings.profile,
        checks: checks.map(checkDocument),
        sample: documentOf(sample),
        alerts: alerts.map(({ way, failure }) => ({ way, error: errorOf(failure) })),
        pause,
      },
      () =>
        lines
          .map(
            ({ name, ok, detail, failure }) =>
              `${markOf(ok, output)} ${name}: ${clean(detail)}${failure === null ? '' : ` (${failure.hint})`}`,
          )
          .join('\n'),
    );
    for (const warning of warnings) output.warn(warning);
    if (sample?.outcome === 'failed' && sample.failure !== null) return exitCodes[sample.failure.kind];
    if (sample?.outcome === 'uncertain') output.warn('the sample may or may not have left');
    const unsent = alerts.find(({ failure }) => failure !== null)?.failure ?? null;
    if (unsent !== null) return exitCodes[unsent.kind];
    const failed = checks.filter(({ ok }) => ok === false);
    const [first] = failed.flatMap(({ failure }) => failure ?? []);
    if (first === undefined) return 0;
    const names = failed.map(({ name }) => name).join(', ');
    const text = `${failed.length} of ${checks.length} checks failed: ${names}`;
    throw new Failure(first.kind, first.code, text, { hint: first.hint, cause: first });
  },
};

function markOf(ok: boolean | null, { paint }: Output): string {
  if (ok === null) return paint.dim('–');
  return ok ? paint.green('✔') : paint.red('✘');
}

function checkDocument({ failure, ...rest }: TestedCheck): object {
  return { ...rest, hint: failure?.hint ?? null, code: failure?.code ?? null };
}

function lineOf({ delivery, to, outcome, externalId, failure }: Sample): TestedCheck {
  const name = 'sample survey';
  if (failure !== null) return { name, ok: false, detail: failure.message, failure };
  const id = externalId === null ? '' : ` as ${externalId}`;
  return { name, ok: true, detail: `${outcome} to ${to} by ${delivery}${id}`, failure: null };
}

function alertLine({ way, failure }: TestAlert): TestedCheck {
  const name = `alert by ${way}`;
  if (failure !== null) return { name, ok: false, detail: failure.message, failure };
  return { name, ok: true, detail: 'sent, marked as a test', failure: null };
}

function errorOf(failure: Failure | null): object | null {
  if (failure === null) return null;
  const { code, message, hint } = failure;
  return { code, message, hint };
}

function documentOf(sample: Sample | null): object | null {
  if (sample === null) return null;
  const { failure, ...rest } = sample;
  return { ...rest, error: errorOf(failure) };
}
