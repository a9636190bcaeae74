import { Argument, Command, CommanderError, Option } from 'commander';
import type { GlobalFlags } from '../config/settings.ts';
import { Failure } from '../failure.ts';
import type { TerminalFlags } from '../terminal/open.ts';
import { suggest } from '../terminal/suggest.ts';
import type { CommandContext } from './context.ts';
import {
  globalOptions,
  helpOption,
  program,
  versionOption,
  type CommandDeclaration,
  type OptionDeclaration,
} from './declarations.ts';
import { helpText, type HelpStyle } from './help.ts';

/** A command line that was understood. */
export interface Invocation {
  readonly flags: GlobalFlags & TerminalFlags;
  /** A number that it comes to is the exit code; anything else is 0. */
  run(context: CommandContext): Promise<unknown>;
}

/** Where help goes, and the version with it. */
export interface HelpSink extends HelpStyle {
  readonly version: string;
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
  const command = new Command(program.name).version(sink.version, versionOption.flags);
  fillCommand(command, program, { sink, found: (invocation) => found.push(invocation) });
  try {
    command.parse(protectIds(args), { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return null;
    throw error;
  }
  return found[0] ?? null;
}

// No command line can contain it.
const idMark = '\0';

/**
 * Gladly's ids are 22 characters of base64url, so one in 64 begins with `-`, and with it the id of a closing, which goes
 * on with `@` and a time. None of our flags has this shape: such a word is meant as an id, and should not need a `--`
 * before it.
 */
function protectIds(args: readonly string[]): string[] {
  return args.map((word) => (/^-[\w-]{21}(?:@.*)?$/.test(word) ? `${idMark}${word}` : word));
}

function unprotected(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unprotected);
  return typeof value === 'string' && value.startsWith(idMark) ? value.slice(idMark.length) : value;
}

interface Parsing {
  readonly sink: HelpSink;
  found(invocation: Invocation): void;
}

function fillCommand(command: Command, declaration: CommandDeclaration, parsing: Parsing): void {
  const { sink } = parsing;
  command
    .helpOption(helpOption.flags)
    .enablePositionalOptions()
    .showSuggestionAfterError(false)
    .configureHelp({ formatHelp: () => helpText(pathOf(command), declaration, sink) })
    .configureOutput({
      writeOut: (text) => sink.print(text),
      // Errors are thrown, and told in one place.
      writeErr: () => undefined,
      outputError: () => undefined,
      getOutHasColors: () => sink.colour,
    })
    .exitOverride((error) => {
      throw error.exitCode === 0 ? error : usageFailure(command, error);
    });
  for (const { name, description, choices } of declaration.arguments ?? []) {
    const argument = new Argument(name, description);
    command.addArgument(choices === undefined ? argument : argument.choices(choices));
  }
  const own = (declaration.options ?? []).map(toOption);
  for (const option of [...own, ...globalOptions.map(toOption)]) command.addOption(option);
  for (const inner of declaration.commands ?? []) {
    const isDefault = inner.isDefault === true;
    fillCommand(command.command(inner.name, { isDefault }).helpCommand(false), inner, parsing);
  }

  const { run } = declaration;
  if (run === undefined) return;
  command.action(() => {
    const options = given(command, own);
    const flags = lineOf(command)
      .map((one) => given(one, globalOptions.map(toOption)))
      .reduce((outer, inner) => ({ ...outer, ...inner }));
    const words = command.processedArgs.map(unprotected);
    parsing.found({ flags, run: (context) => run(context, { arguments: words, options }) });
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
  return Object.fromEntries(onCommandLine.map((name) => [name, unprotected(command.getOptionValue(name))]));
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
  if (takesNoWords && strayWord !== '' && !strayWord.startsWith('-')) {
    if (mayNameCommand(command)) return unknownCommand(command, strayWord);
    if (code === 'commander.excessArguments') {
      const text = `too many arguments: \`${pathOf(command)}\` takes none, but there is '${strayWord}'`;
      return new Failure('usage', 'bad_usage', text, { hint: help });
    }
  }
  if (code === 'commander.unknownOption') return unknownOption(command, message, help);
  const text = (message.split('\n')[0] ?? message).replace(/^error: /, '').replace(/\.$/, '');
  return new Failure('usage', 'bad_usage', text, { hint: help });
}

function strayArgument(command: Command): string {
  return command.args[command.registeredArguments.length] ?? '';
}

/** Whether a stray word was meant as a command: of a group, or of a group whose default command got it. */
function mayNameCommand(command: Command): boolean {
  if (command.commands.length > 0) return true;
  return command.parent !== null && command.parent.args[0] !== command.name();
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
  if (message.includes(`'${flag}=`) && [...known, '--help'].includes(flag)) {
    return new Failure('usage', 'bad_usage', `the option ${flag} takes no value`, { hint: help });
  }
  const isToken = flag === '--token' || flag === '--password';
  const hint = isToken
    ? 'secrets are not taken from the command line: use --token-stdin, GCSAT_TOKEN or GCSAT_TOKEN_FILE'
    : near === null
      ? help
      : `did you mean ${near}? ${help}`;
  return new Failure('usage', 'unknown_option', `unknown option '${flag}' for ${pathOf(command)}`, { hint });
}
