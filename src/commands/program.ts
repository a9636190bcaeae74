import { Argument, Command, CommanderError, Option } from 'commander';
import type { GlobalFlags } from '../config/settings.ts';
import type { TerminalFlags } from '../terminal/open.ts';
import type { CommandContext } from './context.ts';
import {
  globalOptions,
  helpOption,
  versionOption,
  type CommandDeclaration,
  type OptionDeclaration,
} from './declaration.ts';
import { program } from './declarations.ts';
import { helpText, type HelpStyle } from './help.ts';
import { lineOf, lostOption, pathOf, unknownCommand, usageFailure } from './usage-failure.ts';

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
  const asked: string[] = [];
  const json = wantsJson(args);
  const command = new Command(program.name).version(sink.version, versionOption.flags).helpCommand(false);
  const parsing: Parsing = {
    style: { columns: sink.columns, colour: sink.colour && !json },
    print: (text) => asked.push(text),
    found: (invocation) => found.push(invocation),
  };
  fillCommand(command, program, parsing);
  addHelpCommand(command, parsing);
  try {
    command.parse(protectIds(args), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode !== 0) throw error;
    const text = asked.join('');
    const document = error.code === 'commander.version' ? { version: sink.version } : { help: text };
    sink.print(json ? `${JSON.stringify(document)}\n` : text);
    return null;
  }
  return found[0] ?? null;
}

/** Help ends the parsing before it has come to all options. */
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
  readonly style: HelpStyle;
  /** What was asked for: help, or the version. */
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
      // Errors are thrown, and told in one place.
      writeErr: () => undefined,
      outputError: () => undefined,
      getOutHasColors: () => style.colour,
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

/** @throws Failure kind usage for an option before the command's name that only its group has. */
function refuseLostOptions(command: Command): void {
  const global = globalOptions.map((option) => toOption(option).attributeName());
  for (const group of lineOf(command).slice(0, -1)) {
    const own = group.options.filter((option) => !global.includes(option.attributeName()));
    const lost = own.find((option) => group.getOptionValueSource(option.attributeName()) === 'cli');
    if (lost !== undefined) throw lostOption(command, group, lost.long ?? lost.flags);
  }
}

function toOption({ flags, description, choices }: OptionDeclaration): Option {
  const option = new Option(flags, description);
  return choices === undefined ? option : option.choices(choices);
}

/** The values of these options that stand on the command line itself. */
function given(command: Command, options: readonly Option[]): Record<string, unknown> {
  const names = options.map((option) => option.attributeName());
  const onCommandLine = names.filter((name) => command.getOptionValueSource(name) === 'cli');
  return Object.fromEntries(onCommandLine.map((name) => [name, unprotected(command.getOptionValue(name))]));
}
