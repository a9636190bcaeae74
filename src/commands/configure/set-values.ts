import { formatPolicyValue } from '../../config/policy.ts';
import { changeProfile } from '../../config/profiles.ts';
import { chosenProfile } from '../../config/resolve-account.ts';
import { defaultPolicy } from '../../domain/eligibility/policy.ts';
import type { CommandContext } from '../program/context.ts';
import { refuseSandbox } from '../program/refuse-sandbox.ts';
import { assign, readAssignment, shownText, type Assignment } from './assignments.ts';

/** Sets all of the given values in the profile, or none of them. */
export async function setValues(
  context: CommandContext,
  texts: readonly string[],
  dryRun: boolean,
): Promise<void> {
  const { output } = context;
  refuseSandbox(context);
  const { profile, configDir } = await chosenProfile(context);
  const assignments: Assignment[] = [];
  for (const text of texts) assignments.push(await readAssignment(text));
  if (!dryRun) {
    await changeProfile(configDir, profile, (known) =>
      assignments.reduce(assign, known ?? { values: {}, policy: {} }),
    );
  }
  const set = Object.fromEntries(assignments.map((assignment) => [assignment.key, shownText(assignment)]));
  const shown = (value: string | null): string =>
    value === '' ? output.paint.dim('none') : (value ?? output.paint.dim('default'));
  output.result({ profile, set, dryRun }, () =>
    [
      ...Object.entries(set).map(([key, value]) => `${key} = ${shown(value)}`),
      ...(dryRun ? ['', 'A dry run: nothing was saved.'] : []),
    ].join('\n'),
  );
  if (set['optOutTopics'] === '') {
    output.warn(
      'no topic keeps a conversation from being surveyed any more ' +
        `(the default is optOutTopics=${formatPolicyValue('optOutTopics', defaultPolicy)})`,
    );
  }
}
