import type { Command, CommanderError } from 'commander';
import { Failure } from '../../failure.ts';
import { suggest } from '../../terminal/suggest.ts';

/** The commands from the program down to this one. */
export function lineOf(command: Command): Command[] {
  return command.parent === null ? [command] : [...lineOf(command.parent), command];
}

export function pathOf(command: Command): string {
  return lineOf(command)
    .map((one) => one.name())
    .join(' ');
}

/** What is wrong with a command line, in our words; null if help or the version was requested. */
export function usageFailure(command: Command, { code, message, exitCode }: CommanderError): Failure | null {
  if (exitCode === 0) return code === 'commander.helpDisplayed' ? helpOfNothing(command) : null;
  const help = `See \`${pathOf(command)} --help\`.`;
  const first = command.args[0] ?? '';
  const strayWord = code === 'commander.excessArguments' ? strayArgument(command) : first;
  const takesNoWords = command.registeredArguments.length === 0;
  if (code === 'commander.help') {
    return new Failure('usage', 'no_command', 'no command given', { hint: help });
  }
  if (takesNoWords && strayWord !== '' && !strayWord.startsWith('-')) {
    const group = groupOf(command);
    const named = group?.commands.find((one) => one.name() === strayWord);
    if (named !== undefined) return optionsFirst(named);
    if (group !== null) return unknownCommand(group, strayWord);
    if (code === 'commander.excessArguments') {
      const text = `too many arguments: \`${pathOf(command)}\` takes none, but there is '${strayWord}'`;
      return new Failure('usage', 'bad_usage', text, { hint: help });
    }
  }
  if (code === 'commander.unknownOption') return unknownOption(command, message, help);
  const text = (message.split('\n')[0] ?? message).replace(/^error: /, '').replace(/\.$/, '');
  return new Failure('usage', 'bad_usage', text, { hint: help });
}

/** Help was requested, but for a command that does not exist. */
function helpOfNothing(command: Command): Failure | null {
  const [word = ''] = command.args;
  const isGroup = command.commands.length > 0;
  return !isGroup || word === '' || word.startsWith('-') ? null : unknownCommand(command, word);
}

/** Words that users of other programs try, and what they mean here. */
const meantBy: Readonly<Record<string, string>> = {
  login: 'gcsat configure',
  auth: 'gcsat configure',
  init: 'gcsat configure',
  setup: 'gcsat configure',
  config: 'gcsat configure',
  list: 'gcsat surveys list',
  ls: 'gcsat surveys list',
  version: 'gcsat --version',
};

export function unknownCommand(group: Command, word: string): Failure {
  const meant = group.parent === null && Object.hasOwn(meantBy, word) ? meantBy[word] : undefined;
  if (meant !== undefined) {
    return new Failure('usage', 'unknown_command', `unknown command '${word}' for ${pathOf(group)}`, {
      hint: `Run \`${meant}\`.`,
    });
  }
  const near = suggest(
    word,
    group.commands.map((one) => one.name()),
  );
  const isGroup = group.commands.length > 0;
  const help = isGroup
    ? `See \`${pathOf(group)} --help\`.`
    : `\`${pathOf(group)}\` has no commands of its own.`;
  return new Failure('usage', 'unknown_command', `unknown command '${word}' for ${pathOf(group)}`, {
    hint: near === null ? help : `Did you mean '${near}'? ${help}`,
  });
}

/** An option before a command's name belongs to the group, and would be silently ignored. */
export function lostOption(command: Command, group: Command, flag: string): Failure {
  const text = `${flag} before '${command.name()}' is an option of \`${pathOf(group)}\` only`;
  return new Failure('usage', 'misplaced_option', text, {
    hint: hasOption(command, flag)
      ? `Put it after \`${pathOf(command)}\`.`
      : `Leave it out: \`${pathOf(command)}\` has no such option.`,
  });
}

/** Options that people may expect, and what to use instead. */
const insteadOf: Readonly<Record<string, string>> = {
  'gcsat serve --dry-run':
    '`serve` works on whatever happens while it runs. `gcsat sync --dry-run` shows what would be done now.',
};

function strayArgument(command: Command): string {
  return command.args[command.registeredArguments.length] ?? '';
}

/**
 * The group in which a stray word was meant to name a command: the command itself, or the group whose default command
 * got the word because it names none of the group's commands.
 */
function groupOf(command: Command): Command | null {
  if (command.commands.length > 0) return command;
  return command.parent !== null && command.parent.args[0] !== command.name() ? command.parent : null;
}

/** A command's name came so late that it was parsed as an argument. */
function optionsFirst(named: Command): Failure {
  const text = `the options of \`${pathOf(named)}\` belong after its name`;
  return new Failure('usage', 'misplaced_option', text, {
    hint: `Put the options after '${named.name()}'. See \`${pathOf(named)} --help\`.`,
  });
}

function hasOption(command: Command, flag: string): boolean {
  return command.options.some(({ long }) => long === flag);
}

function unknownOption(command: Command, message: string, help: string): Failure {
  // The text after the equals sign may be a secret.
  const flag = (/'([^'=]*)/.exec(message)?.[1] ?? '').trim();
  const named = groupOf(command)?.commands.find((one) => command.args.includes(one.name()));
  if (named !== undefined && hasOption(named, flag) && !hasOption(command, flag)) return optionsFirst(named);
  const known = command.options.flatMap(({ long }) => (typeof long === 'string' ? [long] : []));
  const near = suggest(flag, [...known, '--help']);
  if (message.includes(`'${flag}=`) && [...known, '--help'].includes(flag)) {
    return new Failure('usage', 'bad_usage', `the option ${flag} takes no value`, { hint: help });
  }
  const instead = insteadOf[`${pathOf(command)} ${flag}`];
  if (instead !== undefined) {
    return new Failure('usage', 'unknown_option', `\`${pathOf(command)}\` has no ${flag}`, { hint: instead });
  }
  const isToken = flag === '--token' || flag === '--password';
  const hint = isToken
    ? 'Secrets do not belong on the command line. Use --token-stdin, GCSAT_TOKEN or GCSAT_TOKEN_FILE.'
    : near === null
      ? help
      : `Did you mean ${near}? ${help}`;
  return new Failure('usage', 'unknown_option', `unknown option '${flag}' for ${pathOf(command)}`, { hint });
}
