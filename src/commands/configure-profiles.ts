import { configFile, readProfiles, removeProfile, type Profiles } from '../config/profiles.ts';
import { chosenProfile } from '../config/resolve.ts';
import { Failure } from '../failure.ts';
import { table } from '../terminal/table.ts';
import type { CommandContext } from './context.ts';
import { refuseSandbox } from './refuse-sandbox.ts';

/** `gcsat configure list` */
export async function runConfigureList(context: CommandContext): Promise<void> {
  const { output } = context;
  const { profile: active, configDir } = await chosenProfile(context);
  const profiles = [...(await readProfiles(configDir))].map(([name, { domain, email, values }]) => ({
    name,
    domain: domain ?? null,
    email: email ?? null,
    delivery: values.delivery ?? 'outbox',
    active: name === active,
  }));
  if (output.jsonl) {
    for (const profile of profiles) output.line(profile, () => profile.name);
    return;
  }
  output.result(profiles, () => {
    if (profiles.length === 0) return 'No profile yet; `gcsat configure` makes one.';
    return table(
      profiles,
      [
        { title: '', value: (profile) => (profile.active ? '*' : ''), overflow: 'keep' },
        { title: 'PROFILE', value: ({ name }) => name },
        { title: 'DOMAIN', value: ({ domain }) => domain ?? '-' },
        { title: 'E-MAIL', value: ({ email }) => email ?? '-' },
        { title: 'DELIVERY', value: ({ delivery }) => delivery },
      ],
      { width: output.columns, heading: output.paint.bold },
    );
  });
}

export interface ConfigureRemoveOptions {
  yes?: boolean | undefined;
  dryRun?: boolean | undefined;
}

/** `gcsat configure remove NAME` */
export async function runConfigureRemove(
  context: CommandContext,
  name: string,
  { yes = false, dryRun = false }: ConfigureRemoveOptions,
): Promise<void> {
  refuseSandbox(context);
  const { configDir } = await chosenProfile(context);
  requireProfile(await readProfiles(configDir), name, configDir);
  if (dryRun) {
    context.output.result(
      { profile: name, removed: false, dryRun },
      () => `Profile ${name} would be removed.`,
    );
    return;
  }
  if (!yes && !(await confirmed(context, name))) {
    context.output.result({ profile: name, removed: false, dryRun }, () => 'Nothing was removed.');
    return;
  }
  await removeProfile(configDir, name);
  context.output.result({ profile: name, removed: true, dryRun }, () => `Profile ${name} is removed.`);
}

function requireProfile(profiles: Profiles, name: string, configDir: string): void {
  if (profiles.has(name)) return;
  throw new Failure(
    'configuration',
    'unknown_profile',
    `there is no profile '${name}' in ${configFile(configDir)}`,
    { hint: '`gcsat configure list` shows the profiles' },
  );
}

async function confirmed(context: CommandContext, name: string): Promise<boolean> {
  if (!context.interactive) {
    throw new Failure('usage', 'confirmation_needed', `removing profile '${name}' has to be confirmed`, {
      hint: 'add --yes',
    });
  }
  const { openPrompts } = await import('../terminal/prompts.ts');
  return (await openPrompts(context.signal)).confirm(`Remove profile ${name} and its credentials?`);
}
