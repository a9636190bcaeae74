import { helpText } from '../../src/commands/help.ts';
import type { CommandDeclaration } from '../../src/commands/declaration.ts';
import { program } from '../../src/commands/declarations.ts';

const intro = `# Commands

What \`--help\` says of every command. This page is made of the same declarations by \`npm run reference\`; do not edit it.`;

/** The reference of all commands, as Markdown. */
export function commandReference(): string {
  return [intro, ...sections(program.name, program)].join('\n\n');
}

function sections(path: string, command: CommandDeclaration): string[] {
  const help = helpText(path, command, { columns: 100, colour: false }).trimEnd();
  const own = [`## ${path}`, `\`\`\`text\n${help}\n\`\`\``];
  return [...own, ...(command.commands ?? []).flatMap((inner) => sections(`${path} ${inner.name}`, inner))];
}

/** Every example that the declarations give, without what a few of them say about themselves. */
export function commandExamples({ examples = [], commands = [] }: CommandDeclaration = program): string[] {
  const own = examples.map((example) => example.split(/ {2,}/)[0] ?? example);
  return [...own, ...commands.flatMap(commandExamples)];
}
