import type { CommandDeclaration } from '../program/declaration.ts';

export const showCommand: CommandDeclaration = {
  name: 'show',
  summary: 'show every setting, and where it comes from',
  examples: ['gcsat configure show', 'gcsat configure show --json'],
  async run(context) {
    const { configFile } = await import('../../config/config-file.ts');
    const { table } = await import('../../terminal/table.ts');
    const { shownSettings } = await import('./shown-settings.ts');
    const { output } = context;
    const { settings, profile, profileExists, configDir } = await shownSettings(context);
    const file = configFile(configDir);
    if (!profileExists) output.warn(`there is no profile '${profile}' in ${file} yet`);
    output.result({ profile, file, settings }, () =>
      table(
        Object.entries(settings),
        [
          { title: 'SETTING', value: ([name]) => name },
          {
            title: 'VALUE',
            value: ([, { value, problem }]) =>
              problem === undefined ? (value ?? '-') : `invalid: ${problem}`,
            overflow: 'wrap',
          },
          { title: 'FROM', value: ([, { origin }]) => origin, paint: output.paint.dim },
        ],
        { width: output.columns, heading: output.paint.bold },
      ),
    );
  },
};
