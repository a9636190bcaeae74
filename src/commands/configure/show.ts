import type { CommandDeclaration } from '../program/declaration.ts';

export const showCommand: CommandDeclaration = {
  name: 'show',
  summary: 'show every setting, and where it comes from',
  examples: ['gcsat configure show', 'gcsat configure show --json'],
  async run(context) {
    const { configFile } = await import('../../config/config-file.ts');
    const { settingsTable } = await import('../../terminal/settings-view.ts');
    const { shownSettings } = await import('./shown-settings.ts');
    const { output } = context;
    const { settings, profile, profileExists, configDir } = await shownSettings(context);
    const file = configFile(configDir);
    if (!profileExists) output.warn(`there is no profile '${profile}' in ${file} yet`);
    output.result({ profile, file, settings }, () => settingsTable(settings, output));
  },
};
