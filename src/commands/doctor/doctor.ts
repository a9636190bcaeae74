import type { DoctorCheck, DoctorDocument } from '../../documents/doctor.ts';
import { Failure } from '../../failure.ts';
import type { CheckResult } from '../../workflow/checks/check.ts';
import type { CommandDeclaration } from '../program/declaration.ts';

/** Time limit for each check. */
const limitMs = 5000;

export const doctorCommand: CommandDeclaration = {
  name: 'doctor',
  group: 'Tools',
  summary: 'check everything, say what is stuck, and what to type next',
  details:
    'Looks at the configuration, the ledger, Gladly, the webhook, when closings were last looked for, the delivery, ' +
    'the survey page, and what is stuck in the queue. It writes and sends nothing, and creates no ledger. It exits with ' +
    'the code of the first error.',
  arguments: [
    {
      name: '[check...]',
      description: 'only these, by id or group (ledger, queue, ...), and what they need',
    },
  ],
  options: [
    { flags: '--list', description: 'list the checks without running them' },
    { flags: '--offline', description: 'skip checks that need the network' },
    { flags: '--strict', description: 'treat warnings as errors in the exit code' },
    {
      flags: '--support',
      description: 'print a block to paste when you ask for help, without secrets or personal data',
    },
  ],
  examples: [
    'gcsat doctor',
    'gcsat doctor queue cards',
    'gcsat doctor webhook.registered sync.last',
    'gcsat doctor --support',
  ],
  async run(context, { arguments: [given], options }) {
    const { allChecks } = await import('../../workflow/checks/all-checks.ts');
    const { chosenChecks, runChecks } = await import('../../workflow/checks/run-checks.ts');
    const { output, signal, clock } = context;
    const names = (given ?? []) as readonly string[];
    const { chosen, unknown } = chosenChecks(allChecks, names);
    if (unknown.length > 0) throw await unknownCheck(unknown, allChecks);
    if (options['list'] === true) {
      const listed = chosen.map(({ id, about, needs }) => ({ id, about, needs }));
      const { table } = await import('../../terminal/table.ts');
      const look = { width: output.columns, heading: output.paint.bold };
      const columns = [
        { title: 'CHECK', value: ({ id }: (typeof listed)[0]) => id, overflow: 'keep' },
        { title: 'CHECKS WHETHER', value: ({ about }: (typeof listed)[0]) => about, overflow: 'wrap' },
      ] as const;
      output.result(listed, () => table(listed, columns, look));
      return 0;
    }
    const { openCheckSources } = await import('../../workflow/checks/check-sources.ts');
    const { checkedConfiguration } = await import('../program/checked-configuration.ts');
    const { doctorView, supportBlock } = await import('../../terminal/doctor-view.ts');
    const { supportOf } = await import('./support.ts');
    const configuration = await checkedConfiguration(context);
    const debug = (text: string): void => output.debug(text);
    const sources = openCheckSources(configuration, {
      ...{ signal, clock, debug, makesLedger: false },
      timeoutMs: limitMs,
    });
    const isStrict = options['strict'] === true;
    const progress = output.progress('checking');
    try {
      const results = await runChecks(chosen, sources, { limitMs, offline: options['offline'] === true });
      progress.stop();
      for (const { id, thrown } of results) {
        if (thrown !== undefined)
          output.debug(
            `${id}: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : typeof thrown}`,
          );
      }
      const troubles = troublesOf(results, isStrict);
      const checks = results.map(checkOf);
      const document: DoctorDocument = {
        ok: troubles.length === 0,
        requests: sources.requests(),
        checks,
        ...(options['support'] === true ? { support: await supportOf(context, checks, sources) } : {}),
      };
      output.result(document, () =>
        document.support === undefined ? doctorView(document, output) : supportBlock(document.support),
      );
      refuse(troubles, results.length);
    } finally {
      progress.stop();
      await sources.close();
    }
    return 0;
  },
};

function checkOf({ id, status, summary, detail, fix, code }: CheckResult): DoctorCheck {
  return { id, status, summary, detail, fix, code };
}

function troublesOf(results: readonly CheckResult[], isStrict: boolean): CheckResult[] {
  const errors = results.filter(({ status }) => status === 'error');
  if (!isStrict) return errors;
  return [...errors, ...results.filter(({ status }) => status === 'warning' || status === 'broken')];
}

function refuse(troubles: readonly CheckResult[], count: number): void {
  const [first] = troubles;
  if (first === undefined) return;
  const { kind, code, fix, failure } = first;
  const text = `${troubles.length} of ${count} ${count === 1 ? 'check' : 'checks'} found problems: ${troubles.map(({ id }) => id).join(', ')}`;
  throw new Failure(kind ?? 'defect', code ?? 'check_failed', text, {
    hint: failure?.hint ?? asHint(fix ?? ''),
    ...(failure === null ? {} : { cause: failure }),
  });
}

function asHint(fix: string): string {
  return fix.startsWith('gcsat ') ? `Run \`${fix}\`.` : fix;
}

async function unknownCheck(
  names: readonly string[],
  all: readonly { readonly id: string }[],
): Promise<Failure> {
  const { suggest } = await import('../../terminal/suggest.ts');
  const [name = ''] = names;
  const groups = all.map(({ id }) => id.split('.')[0] ?? id);
  const near = suggest(name, [...new Set([...all.map(({ id }) => id), ...groups])]);
  return new Failure('usage', 'unknown_check', `there is no check '${name}'`, {
    hint: `${near === null ? '' : `Did you mean ${near}? `}\`gcsat doctor --list\` lists them.`,
  });
}
