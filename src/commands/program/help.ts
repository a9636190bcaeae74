import {
  globalOptions,
  helpOption,
  versionOption,
  type ArgumentDeclaration,
  type CommandDeclaration,
  type OptionDeclaration,
} from './declaration.ts';

export interface HelpStyle {
  readonly columns: number;
  readonly color: boolean;
}

const widestLine = 110;
const widestName = 26;

/**
 * The help of a command, made without commander or a color package, because both take time to load.
 *
 * @param path the names from the program's to the command's, e.g. `gcsat surveys list`.
 */
export function helpText(path: string, command: CommandDeclaration, style: HelpStyle): string {
  const width = Math.min(style.columns, widestLine);
  const isProgram = path === command.name;
  const bold = (text: string): string => (style.color ? `\u001B[1m${text}\u001B[22m` : text);
  const section = (heading: string, rows: readonly Row[]): string[] =>
    rows.length === 0 ? [] : ['', bold(heading), ...rows.flatMap((row) => rowLines(row, width))];
  const options = [
    ...(command.options ?? []),
    ...defaultOptions(command),
    ...(isProgram ? [versionOption] : []),
  ];
  const note = 'Global options such as --profile, --sandbox, --json and --quiet: see `gcsat --help`';
  return [
    ...(command.details ?? capitalized(command.summary)).split('\n').flatMap((text) => fill(text, width)),
    ...section('Usage', [{ name: usageOf(path, command), text: '' }]),
    ...section('Arguments', (command.arguments ?? []).map(argumentRow)),
    ...groupsOf(command.commands ?? []).flatMap(([heading, rows]) => section(heading, rows)),
    ...section('Options', [...options, helpOption].map(optionRow)),
    ...(isProgram
      ? section('Global options, before or after the command', globalOptions.map(optionRow))
      : []),
    ...exampleLines(command, bold),
    ...(isProgram
      ? ['', 'Run `gcsat <command> --help` for more about a command.']
      : ['', ...fill(note, width)]),
    '',
  ].join('\n');
}

interface Row {
  readonly name: string;
  readonly text: string;
}

function usageOf(path: string, { commands = [], arguments: words = [], run }: CommandDeclaration): string {
  const standsAlone = run !== undefined || commands.some(({ isDefault }) => isDefault === true);
  const inner = commands.length === 0 ? [] : [standsAlone ? '[command]' : '<command>'];
  return [path, ...inner, ...words.map(({ name }) => name), '[options]'].join(' ');
}

/** A group also takes the options of its default command. */
function defaultOptions({ commands = [] }: CommandDeclaration): readonly OptionDeclaration[] {
  return commands.find(({ isDefault }) => isDefault === true)?.options ?? [];
}

function groupsOf(commands: readonly CommandDeclaration[]): [string, Row[]][] {
  const groups = new Map<string, Row[]>();
  for (const { name, group = 'Commands', summary, isDefault } of commands) {
    const text = isDefault === true ? `${summary} (default)` : summary;
    groups.set(group, [...(groups.get(group) ?? []), { name, text }]);
  }
  return [...groups];
}

function argumentRow({ name, description, choices }: ArgumentDeclaration): Row {
  return { name: name.replace(/^[<[]|(?:\.\.\.)?[>\]]$/g, ''), text: withChoices(description, choices) };
}

function optionRow({ flags, description, choices }: OptionDeclaration): Row {
  // Long options line up, with or without a short form.
  return { name: flags.startsWith('--') ? `    ${flags}` : flags, text: withChoices(description, choices) };
}

function withChoices(description: string, choices: readonly string[] | undefined): string {
  return choices === undefined ? description : `${description}: ${choices.join(', ')}`;
}

function exampleLines({ examples = [] }: CommandDeclaration, bold: (text: string) => string): string[] {
  return examples.length === 0 ? [] : ['', bold('Examples'), ...examples.map((example) => `  ${example}`)];
}

function rowLines({ name, text }: Row, width: number): string[] {
  if (text === '') return [`  ${name}`];
  const indent = ' '.repeat(widestName + 4);
  const lines = fill(text, width - indent.length).map((line) => indent + line);
  if (name.length > widestName) return [`  ${name}`, ...lines];
  const [first = '', ...rest] = lines;
  return [`  ${name.padEnd(widestName)}  ${first.slice(indent.length)}`, ...rest];
}

/** For our own texts, in which every letter is one column wide. */
function fill(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > Math.max(width, 20)) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
