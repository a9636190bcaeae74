import {
  globalOptions,
  helpOption,
  versionOption,
  type ArgumentDeclaration,
  type CommandDeclaration,
  type OptionDeclaration,
} from './declaration.ts';
import { program } from './program.ts';

/** The manual page, gcsat(1), in roff; the build writes it. */
export function manualPage(version: string): string {
  const lines = [
    `.TH GCSAT 1 "" "gcsat ${version}" "gcsat"`,
    '.SH NAME',
    `gcsat \\- ${roff(program.summary)}`,
    '.SH SYNOPSIS',
    '.B gcsat',
    roff('<command> [options]'),
    '.SH COMMANDS',
    ...(program.commands ?? []).flatMap((command) => commandLines(program.name, command)),
    '.SH GLOBAL OPTIONS',
    ...[...globalOptions, helpOption, versionOption].flatMap(optionLines),
    '.SH EXAMPLES',
    ...exampleLines(program),
    '.SH SEE ALSO',
    'The documents in the docs folder of the package.',
  ];
  return `${lines.join('\n')}\n`;
}

function commandLines(before: string, command: CommandDeclaration): string[] {
  const path = `${before} ${command.name}`;
  const words = (command.arguments ?? []).map(({ name }) => name);
  return [
    `.SS ${roff([path, ...words].join(' '))}`,
    ...paragraphs(command.details ?? `${command.summary}.`),
    ...(command.arguments ?? []).flatMap(argumentLines),
    ...(command.options ?? []).flatMap(optionLines),
    ...exampleLines(command),
    ...(command.commands ?? []).flatMap((inner) => commandLines(path, inner)),
  ];
}

function paragraphs(text: string): string[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.flatMap((line) => [roff(line), '.PP']);
}

function argumentLines({ name, description, choices }: ArgumentDeclaration): string[] {
  return entry(name, description, choices);
}

function optionLines({ flags, description, choices }: OptionDeclaration): string[] {
  return entry(flags, description, choices);
}

function entry(name: string, description: string, choices: readonly string[] | undefined): string[] {
  const text = choices === undefined ? description : `${description}: ${choices.join(', ')}`;
  return ['.TP', `.B ${roff(name)}`, roff(text)];
}

function exampleLines({ examples = [] }: CommandDeclaration): string[] {
  return examples.length === 0 ? [] : ['.PP', '.nf', ...examples.map(roff), '.fi'];
}

/** Plain text: no backslash, dash, or first character of a line has a special meaning. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/, '\\&');
}
