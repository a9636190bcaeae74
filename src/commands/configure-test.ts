import { exitCodes, Failure } from '../failure.ts';
import { clean } from '../terminal/text.ts';
import { testConfiguration, type Check } from '../workflow/checks/check-connection.ts';
import { sendSampleSurvey, type Sample } from '../workflow/checks/send-sample.ts';
import type { CommandContext } from './context.ts';
import { keepNoSigningKey } from './with-services.ts';

/**
 * `gcsat configure test`: one line for each check. With an address a sample survey goes there, and its failure decides
 * the exit code.
 *
 * @throws Failure of the kind of the first check that failed, once all are told
 */
export async function runConfigureTest(context: CommandContext, sendTo: string | null): Promise<number> {
  const { output, signal, clock } = context;
  await keepNoSigningKey(context);
  const settings = await context.settings();
  const progress = output.progress(`checking ${settings.origin}`);
  let checks: Check[];
  let sample: Sample | null;
  try {
    // First what may be refused as usage.
    sample = sendTo === null ? null : await sendSampleSurvey(settings, sendTo, { signal, clock });
    checks = await testConfiguration(settings, { signal });
  } finally {
    progress.stop();
  }
  const lines = sample === null ? checks : [...checks, lineOf(sample)];
  output.result(
    { profile: settings.profile, checks: checks.map(checkDocument), sample: documentOf(sample) },
    () =>
      lines
        .map(({ name, ok, detail, failure }) => {
          const mark =
            ok === null ? output.paint.dim('–') : ok ? output.paint.green('✔') : output.paint.red('✘');
          return `${mark} ${name}: ${clean(detail)}${failure === null ? '' : ` (${failure.hint})`}`;
        })
        .join('\n'),
  );
  if (sample?.outcome === 'failed' && sample.failure !== null) return exitCodes[sample.failure.kind];
  if (sample?.outcome === 'uncertain') output.warn('the sample may or may not have left');
  const failed = checks.filter(({ ok }) => ok === false);
  const [first] = failed.flatMap(({ failure }) => failure ?? []);
  if (first === undefined) return 0;
  const names = failed.map(({ name }) => name).join(', ');
  throw new Failure(first.kind, first.code, `${failed.length} of ${checks.length} checks failed: ${names}`, {
    hint: first.hint,
    cause: first,
  });
}

function checkDocument({ failure, ...rest }: Check): object {
  return { ...rest, hint: failure?.hint ?? null, code: failure?.code ?? null };
}

function lineOf({ delivery, to, outcome, externalId, failure }: Sample): Check {
  const name = 'sample survey';
  if (failure !== null) return { name, ok: false, detail: failure.message, failure };
  const id = externalId === null ? '' : ` as ${externalId}`;
  return { name, ok: true, detail: `${outcome} to ${to} by ${delivery}${id}`, failure: null };
}

function documentOf(sample: Sample | null): object | null {
  if (sample === null) return null;
  const { failure, ...rest } = sample;
  if (failure === null) return { ...rest, error: null };
  const { code, message, hint } = failure;
  return { ...rest, error: { code, message, hint } };
}
