import { defaultDelivery } from '../../domain/delivery.ts';
import type { CommandDeclaration } from '../program/declaration.ts';

export const listCommand: CommandDeclaration = {
  name: 'list',
  summary: 'list the profiles',
  examples: ['gcsat configure list'],
  async run(context) {
    const { readProfiles } = await import('../../config/profiles.ts');
    const { chosenProfile } = await import('../../config/resolve-account.ts');
    const { table } = await import('../../terminal/table.ts');
    const { output } = context;
    const { profile: active, configDir } = await chosenProfile(context);
    const profiles = [...(await readProfiles(configDir))].map(([name, { domain, email, values }]) => ({
      name,
      domain: domain ?? null,
      email: email ?? null,
      delivery: values.delivery ?? defaultDelivery,
      active: name === active,
    }));
    if (output.jsonl) {
      for (const profile of profiles) output.line(profile);
      return;
    }
    output.result(profiles, () => {
      if (profiles.length === 0) return 'No profiles yet; create one with `gcsat configure`.';
      return table(
        profiles,
        [
          { title: '', value: (profile) => (profile.active ? '*' : ''), overflow: 'keep' },
          { title: 'PROFILE', value: ({ name }) => name },
          { title: 'DOMAIN', value: ({ domain }) => domain ?? '-' },
          { title: 'EMAIL', value: ({ email }) => email ?? '-' },
          { title: 'DELIVERY', value: ({ delivery }) => delivery },
        ],
        { width: output.columns, heading: output.paint.bold },
      );
    });
  },
};
