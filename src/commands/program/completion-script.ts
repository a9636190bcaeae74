import { placesOf, valueOptionsOf, type Place, type ValueOption, type Word } from './completion-words.ts';
import type { CommandDeclaration, NamesOnDisk } from './declaration.ts';

export type Shell = 'bash' | 'zsh' | 'fish';

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

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const list = (words: readonly string[]): string => quoted(words.join(' '));

/** The pattern of a case arm that matches every command below the program. */
function stepsOf(places: readonly Place[]): string {
  return places
    .map(({ path }) => path)
    .filter((path) => path.includes(' '))
    .map((path) => `"${path}"`)
    .join('|');
}

function bashScript(places: readonly Place[], values: readonly ValueOption[]): string {
  const wordsOf = (choices: Exclude<ValueOption['choices'], 'any'>): string => {
    if (choices === 'file') return '-f';
    return `-W ${typeof choices === 'string' ? `"$(_gcsat_names ${choices})"` : list(choices)}`;
  };
  const valueArm = ({ name, choices }: ValueOption): string => {
    const reply =
      choices === 'any' ? 'COMPREPLY=()' : `COMPREPLY=($(compgen ${wordsOf(choices)} -- "$current"))`;
    return `    ${name}) ${reply}; return ;;`;
  };
  const placeArm = ({ path, words, settings, names }: Place): string => {
    const fixed = list([...settings, ...words.map(({ text }) => text)]);
    return `    "${path}") words=${fixed}${names === null ? '' : ` names=${names}`} ;;`;
  };
  return `# bash completion for gcsat
_gcsat_names() {
  "\${COMP_WORDS[0]}" completion bash --names "$1" "\${place[@]}" --no-input 2>/dev/null
}
_gcsat() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local path=gcsat words="" names="" index word kept="" ended=""
  local -a place=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    if [ "\${COMP_WORDS[index]}" = -- ]; then ended=yes; break; fi
    case "\${COMP_WORDS[index]}" in
      --profile|--database) [ $((index + 1)) -lt "$COMP_CWORD" ] && place+=("\${COMP_WORDS[@]:index:2}") ;;
    esac
    case "$path \${COMP_WORDS[index]}" in
      ${stepsOf(places)}) path="$path \${COMP_WORDS[index]}" ;;
    esac
  done
  if [ -z "$ended" ]; then
    case "$previous" in
${values.map(valueArm).join('\n')}
    esac
  fi
  # bash splits a setting at the =, so the word after it is a value.
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
  case "$names $current" in " "*|*" -"*) ;; *) words="$(_gcsat_names "$names") $words" ;; esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  case "\${COMPREPLY[*]}" in *=) compopt -o nospace 2>/dev/null ;; esac
}
# Commands come before options, where bash is new enough to keep the order.
complete -o nosort -F _gcsat gcsat 2>/dev/null || complete -F _gcsat gcsat`;
}

function zshScript(places: readonly Place[], values: readonly ValueOption[]): string {
  const valueArm = ({ name, choices }: ValueOption): string => {
    const reply =
      choices === 'any'
        ? ':'
        : choices === 'file'
          ? '_files'
          : typeof choices === 'string'
            ? `_gcsat_names ${choices}`
            : `compadd -- ${choices.map(quoted).join(' ')}`;
    return `    ${name}) ${reply}; return ;;`;
  };
  // _describe takes the text before a colon as the word.
  const described = ({ text, description }: Word): string =>
    quoted(`${text.replaceAll(':', '\\:')}:${description.replaceAll(':', '\\:')}`);
  const placeArm = ({ path, words, settings, names }: Place): string => {
    const known =
      names === null ? '' : ` [[ "\${words[CURRENT]}" = -* && -z "$ended" ]] || _gcsat_names ${names};`;
    const assigned = settings.length === 0 ? '' : ` compadd -S '' -- ${settings.map(quoted).join(' ')};`;
    return `    "${path}")${known}${assigned} candidates=(${words.map(described).join(' ')}) ;;`;
  };
  return `#compdef gcsat
_gcsat_names() {
  local -a known
  known=("\${(@f)$("\${words[1]}" completion zsh --names "$1" "\${ledger[@]}" --no-input 2>/dev/null)}")
  known=(\${known:#})
  _describe -V "$1" known
}
_gcsat() {
  local place=gcsat index ended=
  local -a candidates ledger
  for ((index = 2; index < CURRENT; index++)); do
    if [[ "\${words[index]}" = -- ]]; then ended=yes; break; fi
    case "\${words[index]}" in
      --profile|--database) if ((index + 1 < CURRENT)); then ledger+=("\${words[index]}" "\${words[index+1]}"); fi ;;
    esac
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
  _describe -V 'gcsat' candidates
}
if [ "\${funcstack[1]}" = "_gcsat" ]; then
  _gcsat "$@"
else
  compdef _gcsat gcsat
fi`;
}

function fishScript(places: readonly Place[], values: readonly ValueOption[]): string {
  const conditionOf = (path: string): string => `-n ${fishQuoted(`test (__gcsat_place) = "${path}"`)}`;
  const known = new Map(values.map((value) => [value.name, value.choices]));
  const entry = (path: string, { text, description }: Word): string => {
    const condition = conditionOf(path);
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
            : ` -x -a ${fishQuoted(typeof choices === 'string' ? fishNames(choices) : choices.join(' '))}`;
    return `complete -c gcsat ${condition} -l ${text.slice(2)}${value} ${about}`;
  };
  const fishNames = (names: NamesOnDisk): string => `(__gcsat_names ${names})`;
  const entries = places.flatMap(({ path, words, settings, names }) => [
    ...(names === null
      ? []
      : [`complete -c gcsat -k ${conditionOf(path)} -a ${fishQuoted(fishNames(names))}`]),
    ...[...settings.map((text) => ({ text, description: 'a setting' })), ...words].map((word) =>
      entry(path, word),
    ),
  ]);
  return `# fish completion for gcsat
function __gcsat_names
  set -l typed (commandline -opc)
  set -l ledger
  for index in (seq 2 (count $typed))
    if contains -- $typed[$index] --profile --database; and test $index -lt (count $typed)
      set ledger $ledger $typed[$index] $typed[(math $index + 1)]
    end
  end
  $typed[1] completion fish --names $argv[1] $ledger --no-input 2>/dev/null | string replace : \\t
end
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
