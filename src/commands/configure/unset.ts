import { dryRunOption } from '../program/common-options.ts';
import type { CommandDeclaration } from '../program/declaration.ts';

export const unsetCommand: CommandDeclaration = {
  name: 'unset',
  summary: 'restore the defaults of settings',
  arguments: [{ name: '<key...>', description: 'as in `configure set`' }],
  options: [dryRunOption],
  examples: ['gcsat configure unset template optOutTopics'],
  async run(context, { arguments: [keys], options }) {
    const { unsetValues } = await import('./set-values.ts');
    await unsetValues(context, keys as string[], options['dryRun'] === true);
  },
};
