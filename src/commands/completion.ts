import { policyKeys } from '../config/policy.ts';
import { profileKeys } from '../config/profile-values.ts';
import type { CommandContext } from './context.ts';
import { globalOptions, helpOption, versionOption, type CommandDeclaration } from './declaration.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof shells)[number];

/** `gcsat completion <shell>`: a script made of the same declarations as parsing and help. */
export function runCompletion(context: CommandContext, shell: Shell, program: CommandDeclaration): void {
  const script = completionScript(shell, program);
  context.output.result({ shell, script }, () => script);
}

/** A word that can come next, and what it means. */
interface Word {
  readonly text: string;
  readonly description: string;
}

/** What can follow one command. */
interface Place {
  /** Names of the commands from the program's own on, e.g. `gcsat surveys list`. */
  readonly path: string;
  readonly words: readonly Word[];
  /** What a value follows at once, such as `sample=`. */
  readonly settings: readonly string[];
}

/** An option that takes a value: from these choices, a file, or anything. */
interface ValueOption {
  readonly name: string;
  readonly choices: readonly string[] | 'file' | 'any';
}

export function completionScript(shell: Shell, program: CommandDeclaration): string {
  const places = placesOf(program);
  const values = valueOptionsOf(program);
  switch (shell) {
    case 'bash':
      return bashScript(places, values);
    case 'zsh':
      return zshScript(places, values);
    case 'fish':
      return fishScript(places, values);
  }
}

function placesOf(program: CommandDeclaration): Place[] {
  const flagsOf = (options: CommandDeclaration['options']): Word[] =>
    (options ?? []).map(({ flags, description }) => ({ text: nameOf(flags), description }));
  const visit = (path: string, own: CommandDeclaration): Place[] => {
    const inner = own.commands ?? [];
    const standsFor = inner.find(({ isDefault }) => isDefault === true);
    const words = [
      ...inner.map(({ name, summary }) => ({ text: name, description: summary })),
      ...(own.arguments ?? []).flatMap(({ choices, description }) =>
        (choices ?? []).map((text) => ({ text, description })),
      ),
      ...flagsOf(own.options),
      ...flagsOf(standsFor?.options),
      ...flagsOf(globalOptions),
      ...flagsOf(own === program ? [versionOption, helpOption] : [helpOption]),
    ];
    const takesSettings = (own.arguments ?? []).some(({ name }) => name.includes('setting'));
    const settings = takesSettings ? [...policyKeys, ...profileKeys].map((key) => `${key}=`) : [];
    return [
      { path, words, settings },
      ...inner.flatMap((command) => visit(`${path} ${command.name}`, command)),
    ];
  };
  return visit(program.name, program);
}

function valueOptionsOf(program: CommandDeclaration): ValueOption[] {
  const optionsOf = (command: CommandDeclaration): NonNullable<CommandDeclaration['options']> => [
    ...(command.options ?? []),
    ...(command.commands ?? []).flatMap(optionsOf),
  ];
  const found = new Map<string, ValueOption>();
  for (const { flags, choices } of [...globalOptions, ...optionsOf(program)]) {
    if (!flags.includes('<')) continue;
    const name = nameOf(flags);
    found.set(name, { name, choices: choices ?? (/<(?:folder|file)>/.test(flags) ? 'file' : 'any') });
  }
  return [...found.values()];
}

function nameOf(flags: string): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const list = (words: readonly string[]): string => quoted(words.join(' '));

/** A case arm for each command that leads further down. */
function stepsOf(places: readonly Place[]): string {
  return places
    .map(({ path }) => path)
    .filter((path) => path.includes(' '))
    .map((path) => `"${path}"`)
    .join('|');
}

function bashScript(places: readonly Place[], values: readonly ValueOption[]): string {
  const valueArm = ({ name, choices }: ValueOption): string => {
    const reply =
      choices === 'any'
        ? 'COMPREPLY=()'
        : `COMPREPLY=($(compgen ${choices === 'file' ? '-f' : `-W ${list(choices)}`} -- "$current"))`;
    return `    ${name}) ${reply}; return ;;`;
  };
  const placeArm = ({ path, words, settings }: Place): string =>
    `    "${path}") words=${list([...settings, ...words.map(({ text }) => text)])} ;;`;
  return `# bash completion for gcsat
_gcsat() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local path=gcsat words="" index word kept="" ended=""
  for ((index = 1; index < COMP_CWORD; index++)); do
    if [ "\${COMP_WORDS[index]}" = -- ]; then ended=yes; break; fi
    case "$path \${COMP_WORDS[index]}" in
      ${stepsOf(places)}) path="$path \${COMP_WORDS[index]}" ;;
    esac
  done
  if [ -z "$ended" ]; then
    case "$previous" in
${values.map(valueArm).join('\n')}
    esac
  fi
  # The word after a setting's name is its value: bash parts them.
  if [ "$current" = = ] || [ "$previous" = = ]; then COMPREPLY=(); return; fi
  case "$path" in
${places.map(placeArm).join('\n')}
  esac
  if [ -n "$ended" ]; then
    for word in $words; do
      case "$word" in -*) ;; *) kept="$kept $word" ;; esac
    done
    words=$kept
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  case "\${COMPREPLY[*]}" in *=) compopt -o nospace 2>/dev/null ;; esac
}
complete -F _gcsat gcsat`;
}

function zshScript(places: readonly Place[], values: readonly ValueOption[]): string {
  const valueArm = ({ name, choices }: ValueOption): string => {
    const reply =
      choices === 'any' ? ':' : choices === 'file' ? '_files' : `compadd -- ${choices.map(quoted).join(' ')}`;
    return `    ${name}) ${reply}; return ;;`;
  };
  // _describe takes what stands before a colon for the word.
  const described = ({ text, description }: Word): string =>
    quoted(`${text.replaceAll(':', '\\:')}:${description.replaceAll(':', '\\:')}`);
  const placeArm = ({ path, words, settings }: Place): string => {
    const assigned = settings.length === 0 ? '' : ` compadd -S '' -- ${settings.map(quoted).join(' ')};`;
    return `    "${path}")${assigned} candidates=(${words.map(described).join(' ')}) ;;`;
  };
  return `#compdef gcsat
_gcsat() {
  local place=gcsat index ended=
  local -a candidates
  for ((index = 2; index < CURRENT; index++)); do
    if [[ "\${words[index]}" = -- ]]; then ended=yes; break; fi
    case "$place \${words[index]}" in
      ${stepsOf(places)}) place="$place \${words[index]}" ;;
    esac
  done
  if [[ -z "$ended" ]]; then
    case "\${words[CURRENT-1]}" in
${values.map(valueArm).join('\n')}
    esac
  fi
  case "$place" in
${places.map(placeArm).join('\n')}
  esac
  if [[ -n "$ended" ]]; then candidates=(\${candidates:#--*}); fi
  _describe 'gcsat' candidates
}
if [ "\${funcstack[1]}" = "_gcsat" ]; then
  _gcsat "$@"
else
  compdef _gcsat gcsat
fi`;
}

function fishScript(places: readonly Place[], values: readonly ValueOption[]): string {
  const known = new Map(values.map((value) => [value.name, value.choices]));
  const entry = (path: string, { text, description }: Word): string => {
    const condition = `-n ${fishQuoted(`test (__gcsat_place) = "${path}"`)}`;
    const about = `-d ${fishQuoted(description)}`;
    if (!text.startsWith('--')) return `complete -c gcsat ${condition} -a ${text} ${about}`;
    const choices = known.get(text);
    const value =
      choices === undefined
        ? ''
        : choices === 'file'
          ? ' -r -F'
          : choices === 'any'
            ? ' -x'
            : ` -x -a ${fishQuoted(choices.join(' '))}`;
    return `complete -c gcsat ${condition} -l ${text.slice(2)}${value} ${about}`;
  };
  const entries = places.flatMap(({ path, words, settings }) =>
    [...settings.map((text) => ({ text, description: 'a setting' })), ...words].map((word) =>
      entry(path, word),
    ),
  );
  return `# fish completion for gcsat
function __gcsat_place
  set -l place gcsat
  for word in (commandline -opc)[2..-1]
    switch "$place $word"
      case ${places
        .filter(({ path }) => path.includes(' '))
        .map(({ path }) => fishQuoted(path))
        .join(' ')}
        set place "$place $word"
    end
  end
  echo $place
end
complete -c gcsat -f
${entries.join('\n')}`;
}

const fishQuoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
