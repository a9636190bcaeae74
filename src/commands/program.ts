import { Argument, Command, CommanderError, Option } from 'commander';
import type { GlobalFlags } from '../config/settings.ts';
import { Failure } from '../failure.ts';
import type { TerminalFlags } from '../terminal/open.ts';
import { suggest } from '../terminal/suggest.ts';
import type { CommandContext } from './context.ts';
import { commands, globalOptions, type CommandDeclaration, type OptionDeclaration } from './declarations.ts';

/** A command line that was understood. */
export interface Invocation {
  readonly flags: GlobalFlags & TerminalFlags;
  /** A number that it comes to is the exit code; anything else is 0. */
  run(context: CommandContext): Promise<unknown>;
}

/** Where help goes. */
export interface HelpSink {
  readonly version: string;
  readonly columns: number;
  readonly colour: boolean;
  print(text: string): void;
}

/**
 * Understands a command line.
 *
 * @param args without the program's own name.
 * @returns null when help or the version was asked for, and printed.
 * @throws Failure kind usage.
 */
export function parseCommandLine(args: readonly string[], sink: HelpSink): Invocation | null {
  const found: Invocation[] = [];
  const program = buildProgram(sink, (invocation) => found.push(invocation));
  try {
    program.parse(args.length === 0 ? ['--help'] : args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return null;
    throw error;
  }
  return found[0] ?? null;
}

type Found = (invocation: Invocation) => void;

function buildProgram(sink: HelpSink, found: Found): Command {
  const program = new Command('gcsat')
    .description('Customer satisfaction surveys for Gladly: who is asked, who is credited, and why.')
    .version(sink.version, '-V, --version', 'print the version')
    .helpCommand('help [command]', 'show the help of a command')
    .optionsGroup('Global options (before or after the command):')
    .addHelpText('after', examplesText(programExamples));
  prepare(program, sink);
  for (const option of globalOptions) program.addOption(toOption(option));
  for (const declaration of commands) addCommand(program, declaration, sink, found);
  return program;
}

const programExamples = [
  'gcsat replay --sandbox                       see the whole workflow without an account',
  'gcsat configure                              connect an organisation',
  'gcsat attribute <conversationId>             who would be credited, and why',
  'gcsat surveys list --json                    what was sent and answered',
];

function addCommand(parent: Command, declaration: CommandDeclaration, sink: HelpSink, found: Found): void {
  const command = parent.command(declaration.name, { isDefault: declaration.isDefault === true });
  command.summary(declaration.summary).description(declaration.details ?? declaration.summary);
  command.helpCommand(false).optionsGroup('Options:');
  if (declaration.group !== undefined) command.helpGroup(declaration.group);
  prepare(command, sink);
  for (const { name, description, choices } of declaration.arguments ?? []) {
    const argument = new Argument(name, description);
    command.addArgument(choices === undefined ? argument : argument.choices(choices));
  }
  const own = (declaration.options ?? []).map(toOption);
  for (const option of own) command.addOption(option);
  for (const option of globalOptions) command.addOption(toOption(option).hideHelp());
  command.addHelpText('after', examplesText(declaration.examples ?? []) + globalOptionsNote);
  for (const inner of declaration.commands ?? []) addCommand(command, inner, sink, found);

  const { run } = declaration;
  if (run === undefined) return;
  command.action(() => {
    const options = given(command, own);
    const flags = lineOf(command)
      .map((one) => given(one, globalOptions.map(toOption)))
      .reduce((outer, inner) => ({ ...outer, ...inner }));
    found({ flags, run: (context) => run(context, { arguments: command.processedArgs, options }) });
  });
}

const globalOptionsNote =
  '\nGlobal options such as --profile, --sandbox, --json and --quiet: see `gcsat --help`\n';

function examplesText(examples: readonly string[]): string {
  return examples.length === 0 ? '' : `\nExamples:\n${examples.map((example) => `  ${example}\n`).join('')}`;
}

/** What holds for the program and for every command. */
function prepare(command: Command, sink: HelpSink): void {
  command
    .helpOption('-h, --help', 'show this help')
    .enablePositionalOptions()
    .showSuggestionAfterError(false)
    .configureHelp({ styleTitle: (title) => `\u001B[1m${title}\u001B[22m` })
    .configureOutput({
      writeOut: (text) => sink.print(text),
      // Errors are thrown, and told in one place.
      writeErr: () => undefined,
      outputError: () => undefined,
      getOutHelpWidth: () => Math.min(sink.columns, 110),
      getOutHasColors: () => sink.colour,
    })
    .exitOverride((error) => {
      throw error.exitCode === 0 ? error : usageFailure(command, error);
    });
}

function toOption({ flags, description, choices }: OptionDeclaration): Option {
  const option = new Option(flags, description);
  return choices === undefined ? option : option.choices(choices);
}

/** From the program down to the command. */
function lineOf(command: Command): Command[] {
  return command.parent === null ? [command] : [...lineOf(command.parent), command];
}

/** The values of these options that stand on the command line itself. */
function given(command: Command, options: readonly Option[]): Record<string, unknown> {
  const names = options.map((option) => option.attributeName());
  const onCommandLine = names.filter((name) => command.getOptionValueSource(name) === 'cli');
  return Object.fromEntries(onCommandLine.map((name) => [name, command.getOptionValue(name) as unknown]));
}

function pathOf(command: Command): string {
  return lineOf(command)
    .map((one) => one.name())
    .join(' ');
}

function usageFailure(command: Command, { code, message }: CommanderError): Failure {
  const help = `\`${pathOf(command)} --help\` shows what there is`;
  const first = command.args[0] ?? '';
  const strayWord = code === 'commander.excessArguments' ? strayArgument(command) : first;
  const takesNoWords = command.registeredArguments.length === 0;
  if (code === 'commander.help') {
    return new Failure('usage', 'no_command', 'no command is given', { hint: help });
  }
  if (takesNoWords && strayWord !== '' && !strayWord.startsWith('-'))
    return unknownCommand(command, strayWord);
  if (code === 'commander.unknownOption') return unknownOption(command, message, help);
  const text = (message.split('\n')[0] ?? message).replace(/^error: /, '').replace(/\.$/, '');
  return new Failure('usage', 'bad_usage', text, { hint: help });
}

function strayArgument(command: Command): string {
  return command.args[command.registeredArguments.length] ?? '';
}

function unknownCommand(command: Command, word: string): Failure {
  // A group's default command gets the words that name no command of the group.
  const group = command.commands.length > 0 ? command : (command.parent ?? command);
  const names = group.commands.map((one) => one.name());
  const near = suggest(word, names);
  const help = `\`${pathOf(group)} --help\` lists them`;
  return new Failure('usage', 'unknown_command', `unknown command '${word}' for ${pathOf(group)}`, {
    hint: near === null ? help : `did you mean '${near}'? ${help}`,
  });
}

function unknownOption(command: Command, message: string, help: string): Failure {
  // What follows the equals sign may be a secret.
  const flag = (/'([^'=]*)/.exec(message)?.[1] ?? '').trim();
  const known = command.options.flatMap(({ long }) => (typeof long === 'string' ? [long] : []));
  const near = suggest(flag, [...known, '--help']);
  const isToken = flag === '--token' || flag === '--password';
  const hint = isToken
    ? 'secrets are not taken from the command line: use --token-stdin, GCSAT_TOKEN or GCSAT_TOKEN_FILE'
    : near === null
      ? help
      : `did you mean ${near}? ${help}`;
  return new Failure('usage', 'unknown_option', `unknown option '${flag}' for ${pathOf(command)}`, { hint });
}
