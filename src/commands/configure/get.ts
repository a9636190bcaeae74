import type { CommandDeclaration } from '../program/declaration.ts';

export const getCommand: CommandDeclaration = {
  name: 'get',
  summary: 'print the value of one setting',
  details:
    'Prints the value that commands use, wherever it comes from, and nothing if there is none. For a secret, it ' +
    'prints only `set`.',
  arguments: [{ name: '<key>', description: 'as in `configure show`' }],
  examples: ['gcsat configure get delivery', 'gcsat configure get optOutTopics --json'],
  async run(context, { arguments: [given] }) {
    const { readValueOf } = await import('./shown-settings.ts');
    const { clean } = await import('../../terminal/text.ts');
    const { key, value, origin } = await readValueOf(context, given as string);
    context.output.result({ key, value, origin }, () => clean(value ?? ''));
  },
};
