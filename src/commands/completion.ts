import type { Shell } from './program/completion-script.ts';
import type { CommandDeclaration } from './program/declaration.ts';

/** @param program this command is a part of it, so it is looked up when the command runs */
export const completionCommand = (program: () => CommandDeclaration): CommandDeclaration => ({
  name: 'completion',
  group: 'Tools',
  summary: 'print the completion script of a shell',
  arguments: [{ name: '<shell>', description: 'which shell', choices: ['bash', 'zsh', 'fish'] }],
  examples: [
    'source <(gcsat completion bash)',
    'gcsat completion zsh > "${fpath[1]}/_gcsat"',
    'gcsat completion fish > ~/.config/fish/completions/gcsat.fish',
  ],
  async run({ output }, { arguments: [shell] }) {
    const { completionScript } = await import('./program/completion-script.ts');
    const script = completionScript(shell as Shell, program());
    output.result({ shell, script }, () => script);
  },
});
