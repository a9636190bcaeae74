import { isAbsolute, resolve } from 'node:path';
import { InvalidValue } from './invalid-value.ts';

/**
 * How much of a text may be wrapping. `setting`: a value that neither begins nor ends with white space or quotation
 * marks. `sentence`: words for people, which may be quoted. `secret`: everything counts, since the other side has the
 * same text.
 */
export type Manner = 'setting' | 'sentence' | 'secret';

// White space, including the byte order mark, and zero-width marks.
const before = /^[\s\u200B-\u200F\u2060]+/;
const after = /[\s\u200B-\u200F\u2060]+$/;
/** `docker run --env-file` keeps quotation marks. `"a","b"` is two texts. */
const quoted = /^(?:"([^"]*)"|'([^']*)')$/;

/**
 * Cleans every text that comes from outside of what shells, editors and env files leave around it. A secret loses
 * only a byte order mark and one line break at the end.
 *
 * @throws InvalidValue if a control character remains, except in a secret
 */
export function givenText(text: string, manner: Manner): string {
  if (manner === 'secret') return text.replace(/^\uFEFF/, '').replace(/(?:\r?\n|\r)$/, '');
  const bare = unwrapped(text, manner);
  if (!/\p{Cc}/u.test(bare)) return bare;
  const what = /[\r\n]/.test(bare) ? 'a line break' : 'a control character';
  throw new InvalidValue(`the value contains ${what}`, 'Give one line of text.');
}

/** Whether the text is nothing but wrapping, which deployment tools leave for a value that is not set. */
export function isBlank(text: string): boolean {
  return unwrapped(text, 'setting') === '';
}

function unwrapped(text: string, manner: Manner): string {
  const bare = text.replace(before, '').replace(after, '');
  const [, double, single] = (manner === 'setting' && quoted.exec(bare)) || [];
  return (double ?? single)?.replace(before, '').replace(after, '') ?? bare;
}

/**
 * A file or folder that must be the same wherever gcsat runs: another ledger would not know who was surveyed.
 *
 * @param text as `givenText` returns it
 * @throws InvalidValue if it depends on the current folder or on a shell
 */
export function fixedPath(text: string): string {
  refuseUnexpanded(text);
  refuseRest(text);
  if (isAbsolute(text) && !/["']$/.test(text)) return resolve(text);
  throw new InvalidValue(
    /^["']|["']$/.test(text) ? 'a quotation mark is unmatched' : `'${text}' is not an absolute path`,
    'Write the whole path, e.g. /var/lib/gcsat, so that it is the same place in every folder.',
  );
}

/** @throws InvalidValue for a `~`, a variable, or a template that was not expanded */
export function refuseUnexpanded(path: string): void {
  if (/^~(?:[\w.-]*\/|$)/.test(path)) {
    throw new InvalidValue(`'${path}' begins with ~, which only a shell expands`, 'Write the whole path.');
  }
  const [template] = templates.exec(path) ?? [];
  if (template === undefined) return;
  throw new InvalidValue(`'${path}' contains ${template}, which was not expanded`, 'Write the whole path.');
}

/**
 * Template syntax of shells, systemd (`%i`), Windows, and deployment tools. `$` within a name and `%20` may be
 * intended.
 */
const templates =
  /\$[{(]|(?<=^|\/)\$[A-Za-z_]\w*|\$[A-Z_]+\b|`|\{\{|%(?![\dA-Fa-f]{2}%)[A-Za-z_]\w*%|(?<=^|\/)%[A-Za-z](?=\/|$)/;

/** Env files have neither comments after a value nor command separators. */
function refuseRest(path: string): void {
  // A second path, a second variable, or line ends that a template left as text.
  if (!/\s#|[;,\\]$|[\u201c-\u201f]|(?<!^[A-Za-z])[:=](?=\/)|^\/.*\\[rn]/.test(path)) return;
  throw new InvalidValue(
    `'${path}' contains more than a path`,
    'Write only the path, without a comment, a quotation mark, or anything else after it.',
  );
}
