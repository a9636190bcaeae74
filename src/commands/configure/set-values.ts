import { formatPolicyValue, parsePolicyValue } from '../../config/policy.ts';
import { changeProfile, readProfiles, type StoredProfile } from '../../config/profiles.ts';
import { chosenProfile } from '../../config/resolve-account.ts';
import { resolveSettings } from '../../config/resolve.ts';
import { defaultPolicy } from '../../domain/eligibility/policy.ts';
import { hopelessEntries, reminderProblem } from '../../domain/eligibility/policy-warnings.ts';
import { hasOptOutTopic } from '../../domain/eligibility/topics.ts';
import { Failure } from '../../failure.ts';
import { registerSecret } from '../../terminal/redact.ts';
import { checkSenderOf } from '../../workflow/checks/check-value.ts';
import type { CommandContext } from '../program/context.ts';
import { refuseSandbox } from '../program/refuse-sandbox.ts';
import { assign, readAssignment, removalOf, shownText, type Assignment } from './assignments.ts';
import { savedAccount } from './saved-account.ts';
import { warnOfExclusions } from './warn-of-exclusions.ts';

/** Sets all of the given values in the profile, or none of them. */
export async function setValues(
  context: CommandContext,
  texts: readonly string[],
  dryRun: boolean,
): Promise<void> {
  refuseSandbox(context);
  const assignments: Assignment[] = [];
  for (const text of texts) assignments.push(await readAssignment(text));
  await save(context, () => assignments, dryRun);
}

/** Restores the defaults of all the given keys, or of none. */
export async function unsetValues(
  context: CommandContext,
  keys: readonly string[],
  dryRun: boolean,
): Promise<void> {
  refuseSandbox(context);
  await save(context, (known) => keys.map((key) => removalOf(key, known)), dryRun);
}

async function save(
  context: CommandContext,
  assignmentsFor: (known: StoredProfile) => readonly Assignment[],
  dryRun: boolean,
): Promise<void> {
  const { output } = context;
  const { profile, configDir } = await chosenProfile(context);
  let assignments: readonly Assignment[] = [];
  let saved: StoredProfile = { values: {}, policy: {} };
  const edit = (known: StoredProfile = saved): StoredProfile => {
    assignments = assignmentsFor(known);
    saved = assignments.reduce(assign, known);
    if (assignments.some(({ key }) => key === 'from' || key === 'delivery')) checkSenderOf(saved);
    return saved;
  };
  if (dryRun) edit((await readProfiles(configDir)).get(profile));
  else await changeProfile(configDir, profile, edit);
  const set = Object.fromEntries(assignments.map((assignment) => [assignment.key, shownText(assignment)]));
  const shown = (value: string | null): string =>
    value === '' ? output.paint.dim('none') : (value ?? output.paint.dim('default'));
  output.result({ profile, set, dryRun }, () =>
    [
      ...Object.entries(set).map(([key, value]) => `${key}${dryRun ? ' would be' : ' ='} ${shown(value)}`),
      ...(dryRun ? ['', 'A dry run: nothing was saved.'] : []),
    ].join('\n'),
  );
  if (set['optOutTopics'] !== undefined) await warnOfTopics(context, saved);
  await warnOfExclusions(context, saved, set);
  const excludedCustomers = parsePolicyValue('excludedCustomers', set['excludedCustomers'] ?? '');
  for (const sentence of hopelessEntries({ excludedCustomers })) output.warn(sentence);
  if (['reminderAfter', 'surveyExpires', 'delivery'].some((key) => set[key] !== undefined))
    await warnOfReminders(context, saved);
}

/** Warns even if the other of the two values comes from somewhere else. */
async function warnOfReminders({ flags, env, output }: CommandContext, saved: StoredProfile): Promise<void> {
  const resolved = await resolveSettings({
    ...{ flags, env, draft: saved, onInvalid: () => undefined, onSecret: registerSecret },
  });
  const problem = reminderProblem(resolved.policy, resolved.delivery);
  if (problem !== null) output.warn(problem);
}

async function warnOfTopics(context: CommandContext, saved: StoredProfile): Promise<void> {
  const { output } = context;
  const names = parsePolicyValue('optOutTopics', saved.policy.optOutTopics ?? formatDefault());
  if (names.length === 0) {
    output.warn(
      `no topic keeps a conversation from being surveyed anymore (the default is optOutTopics=${formatDefault()})`,
    );
    return;
  }
  const topics = await topicNames(context, saved);
  if (topics === null) return;
  if (topics instanceof Failure) {
    output.warn(`could not check whether Gladly has a topic ${names.join(' or ')}: ${topics.message}`);
    return;
  }
  const unmet = names.filter((name) => !hasOptOutTopic(topics, [name]));
  if (unmet.length === 0) return;
  const effect =
    unmet.length === names.length
      ? 'agents cannot keep a conversation from being surveyed'
      : `only ${names.filter((name) => !unmet.includes(name)).join(' and ')} keeps a conversation from being surveyed`;
  output.warn(`no topic in Gladly is named ${unmet.join(' or ')}, so ${effect}`);
}

function formatDefault(): string {
  return formatPolicyValue('optOutTopics', defaultPolicy);
}

/** Null while the profile has no account to ask with; a failure if Gladly did not answer. */
async function topicNames(
  context: CommandContext,
  saved: StoredProfile,
): Promise<readonly string[] | Failure | null> {
  const account = await savedAccount(context, saved);
  if (account === null) return null;
  const { signal } = context;
  const { checkConnection } = await import('../../workflow/checks/check-connection.ts');
  try {
    return (await checkConnection(account, { signal })).topicNames;
  } catch (error) {
    if (!(error instanceof Failure) || signal.aborted) throw error;
    return error;
  }
}
