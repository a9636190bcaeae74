import type { CommandDeclaration } from '../../src/commands/program/declaration.ts';
import { helpText } from '../../src/commands/program/help.ts';
import { program } from '../../src/commands/program/program.ts';

const intro = `# Commands

What \`--help\` prints for every command. \`npm run reference\` makes this page from the same declarations; do not edit it.`;

/** The reference of all commands, as Markdown. */
export function commandReference(): string {
  return [intro, ...sections(program.name, program)].join('\n\n');
}

function sections(path: string, command: CommandDeclaration): string[] {
  const help = helpText(path, command, { columns: 100, color: false }).trimEnd();
  const own = [`## ${path}`, `\`\`\`text\n${help}\n\`\`\``];
  return [...own, ...(command.commands ?? []).flatMap((inner) => sections(`${path} ${inner.name}`, inner))];
}

/** Every example of the declarations, without the remark that some of them end with. */
export function commandExamples({ examples = [], commands = [] }: CommandDeclaration = program): string[] {
  const own = examples.map((example) => example.split(/ {2,}/)[0] ?? example);
  return [...own, ...commands.flatMap(commandExamples)];
}
