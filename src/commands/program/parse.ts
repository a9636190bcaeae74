import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { GlobalFlags } from '../../config/settings.ts';
import type { TerminalFlags } from '../../terminal/open.ts';
import type { CommandContext } from './context.ts';
import {
  globalOptions,
  helpOption,
  versionOption,
  type CommandDeclaration,
  type OptionDeclaration,
} from './declaration.ts';
import { helpText, type HelpStyle } from './help.ts';
import { program } from './program.ts';
import { lineOf, lostOption, pathOf, unknownCommand, usageFailure } from './usage-failure.ts';

/** A command line that parsed without mistakes. */
export interface Invocation {
  readonly flags: GlobalFlags & TerminalFlags;
  /** If it returns a number, that is the exit code; anything else means 0. */
  run(context: CommandContext): Promise<unknown>;
}

/** Prints help and the version. */
export interface HelpSink extends HelpStyle {
  readonly version: string;
  print(text: string): void;
}

/**
 * @param args without the program's own name.
 * @returns null if help or the version was requested; it has been printed.
 * @throws Failure kind usage.
 */
export function parseCommandLine(args: readonly string[], sink: HelpSink): Invocation | null {
  const found: Invocation[] = [];
  const printed: string[] = [];
  const json = wantsJson(args);
  const command = new Command(program.name).version(sink.version, versionOption.flags).helpCommand(false);
  const parsing: Parsing = {
    style: { columns: sink.columns, color: sink.color && !json },
    print: (text) => printed.push(text),
    found: (invocation) => found.push(invocation),
  };
  fillCommand(command, program, parsing);
  addHelpCommand(command, parsing);
  try {
    command.parse(protectIds(args), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode !== 0) throw error;
    const text = printed.join('');
    const document = error.code === 'commander.version' ? { version: sink.version } : { help: text };
    sink.print(json ? `${JSON.stringify(document)}\n` : text);
    return null;
  }
  return found[0] ?? null;
}

/** Scans the words itself, because help ends the parsing before all options are reached. */
function wantsJson(args: readonly string[]): boolean {
  const line = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined);
  return line.includes('--json') || line.includes('--jsonl');
}

/** `gcsat help surveys list` is `gcsat surveys list --help`. */
function addHelpCommand(command: Command, parsing: Parsing): void {
  const help: CommandDeclaration = {
    name: 'help',
    summary: 'show the help of a command',
    arguments: [{ name: '[command...]', description: 'the names of the command' }],
  };
  const own = command.command(help.name, { hidden: true }).helpCommand(false);
  fillCommand(own, help, parsing);
  own.action((names: readonly string[]) => {
    const named = names.reduce((group, name) => {
      const inner = group.commands.find((one) => one.name() === name);
      if (inner === undefined) throw unknownCommand(group, name);
      return inner;
    }, command);
    named.help();
  });
}

// A character that a command line cannot contain.
const idMark = '\0';

/**
 * Gladly's ids are 22 characters of base64url, so one in 64 begins with `-`, and so does the id of its closing, which
 * continues with `@` and a time. None of our flags has this shape, so such a word is an id even without `--` before it.
 */
function protectIds(args: readonly string[]): string[] {
  return args.map((word) => (/^-[\w-]{21}(?:@.*)?$/.test(word) ? `${idMark}${word}` : word));
}

function unprotected(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unprotected);
  return typeof value === 'string' && value.startsWith(idMark) ? value.slice(idMark.length) : value;
}

interface Parsing {
  readonly style: HelpStyle;
  /** Prints help or the version. */
  print(text: string): void;
  found(invocation: Invocation): void;
}

function fillCommand(command: Command, declaration: CommandDeclaration, parsing: Parsing): void {
  const { style } = parsing;
  command
    .helpOption(helpOption.flags)
    .enablePositionalOptions()
    .showSuggestionAfterError(false)
    .configureHelp({ formatHelp: () => helpText(pathOf(command), declaration, style) })
    .configureOutput({
      writeOut: (text) => parsing.print(text),
      // Errors are thrown, and reported in one place.
      writeErr: () => undefined,
      outputError: () => undefined,
      getOutHasColors: () => style.color,
    })
    .exitOverride((error) => {
      throw usageFailure(command, error) ?? error;
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
    refuseLostOptions(command);
    const options = given(command, own);
    const flags = lineOf(command)
      .map((one) => given(one, globalOptions.map(toOption)))
      .reduce((outer, inner) => ({ ...outer, ...inner }));
    const words = command.processedArgs.map(unprotected);
    parsing.found({ flags, run: (context) => run(context, { arguments: words, options }) });
  });
}

/** @throws Failure kind usage for an option before the command's name that only its group has */
function refuseLostOptions(command: Command): void {
  const global = globalOptions.map((option) => toOption(option).attributeName());
  for (const group of lineOf(command).slice(0, -1)) {
    const own = group.options.filter((option) => !global.includes(option.attributeName()));
    const lost = own.find((option) => group.getOptionValueSource(option.attributeName()) === 'cli');
    if (lost !== undefined) throw lostOption(command, group, lost.long ?? lost.flags);
  }
}

function toOption({ flags, description, choices, accepted = choices }: OptionDeclaration): Option {
  const option = new Option(flags, description);
  if (choices === undefined) return option;
  return option.argParser((value) => {
    if (accepted?.includes(value) === true) return value;
    throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
  });
}

/** The values of those options that are on the command line. */
function given(command: Command, options: readonly Option[]): Record<string, unknown> {
  const names = options.map((option) => option.attributeName());
  const onCommandLine = names.filter((name) => command.getOptionValueSource(name) === 'cli');
  return Object.fromEntries(onCommandLine.map((name) => [name, unprotected(command.getOptionValue(name))]));
}
