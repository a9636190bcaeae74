import { policyKeys, profileKeys } from '../../config/setting-keys.ts';
import {
  globalOptions,
  helpOption,
  versionOption,
  type CommandDeclaration,
  type NamesOnDisk,
  type Suggestions,
} from './declaration.ts';

/** A word that can come next, and its meaning. */
export interface Word {
  readonly text: string;
  readonly description: string;
}

/** What can follow one command. */
export interface Place {
  /** Names of the commands, starting with the program's own, e.g. `gcsat surveys list`. */
  readonly path: string;
  readonly words: readonly Word[];
  /** Words that are directly followed by a value, such as `sample=`. */
  readonly settings: readonly string[];
  /** Names that the shell asks the program for; null for a command that takes no such name. */
  readonly names: NamesOnDisk | null;
}

/** An option that takes a value: from these choices or names, a file, or anything. */
export interface ValueOption {
  readonly name: string;
  readonly choices: Suggestions | 'file' | 'any';
}

export function placesOf(program: CommandDeclaration): Place[] {
  const flagsOf = (options: CommandDeclaration['options']): Word[] =>
    (options ?? []).map(({ flags, description }) => ({ text: nameOf(flags), description }));
  const visit = (path: string, own: CommandDeclaration): Place[] => {
    const inner = own.commands ?? [];
    const standsFor = inner.find(({ isDefault }) => isDefault === true);
    const takes = (word: string): boolean => (own.arguments ?? []).some(({ name }) => name.includes(word));
    const keys = [...policyKeys, ...profileKeys];
    const assigned = (own.arguments ?? []).find(({ name }) => name.includes('setting'));
    const settings = assigned === undefined ? [] : (assigned.settings ?? keys).map((key) => `${key}=`);
    const words = [
      ...(takes('<key') ? keys.map((text) => ({ text, description: 'a setting' })) : []),
      ...inner.map(({ name, summary }) => ({ text: name, description: summary })),
      ...(own.arguments ?? []).flatMap(({ choices, description }) =>
        (choices ?? []).map((text) => ({ text, description })),
      ),
      ...flagsOf(own.options),
      ...flagsOf(standsFor?.options),
      ...flagsOf(globalOptions),
      ...flagsOf(own === program ? [versionOption, helpOption] : [helpOption]),
    ];
    return [
      { path, words, settings, names: namesOf(own) },
      ...inner.flatMap((command) => visit(`${path} ${command.name}`, command)),
    ];
  };
  return visit(program.name, program);
}

export function valueOptionsOf(program: CommandDeclaration): ValueOption[] {
  const optionsOf = (command: CommandDeclaration): NonNullable<CommandDeclaration['options']> => [
    ...(command.options ?? []),
    ...(command.commands ?? []).flatMap(optionsOf),
  ];
  const found = new Map<string, ValueOption>();
  for (const { flags, choices, suggestions } of [...globalOptions, ...optionsOf(program)]) {
    if (!flags.includes('<')) continue;
    const name = nameOf(flags);
    const unknown = /<(?:folder|file)>/.test(flags) ? 'file' : 'any';
    const own = choices ?? suggestions ?? unknown;
    const before = found.get(name)?.choices;
    // Commands whose options share a name may take different words.
    const isBoth = typeof own !== 'string' && typeof before === 'object';
    found.set(name, { name, choices: isBoth ? [...new Set([...before, ...own])] : own });
  }
  return [...found.values()];
}

function namesOf({ arguments: words = [] }: CommandDeclaration): NamesOnDisk | null {
  const [named] = words.flatMap(({ suggestions }) => (typeof suggestions === 'string' ? [suggestions] : []));
  return named ?? null;
}

function nameOf(flags: string): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags;
}
