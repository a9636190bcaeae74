import { unreadable, type Subject } from './errors.ts';
import type { Answer } from './transport.ts';

/** Several bodies are read at a time. The longest timeline, of 1000 items, takes a few MiB. */
const maxJsonBytes = 16 * 1024 * 1024;

/** The JSON of an answer. A proxy's page, or text that is not JSON, is a Problem of kind contract. */
export async function readJson(answer: Answer, subject: Subject): Promise<unknown> {
  return jsonOf(await answer.text(maxJsonBytes), subject);
}

/** For answers whose body the contract does not state: the JSON, or null when there is no body. */
export async function readOptionalJson(answer: Answer, subject: Subject): Promise<unknown> {
  const text = await answer.text(maxJsonBytes);
  return text.trim() === '' ? null : jsonOf(text, subject);
}

/**
 * For answers whose status says everything (204). A body that says more comes from another server and does not prove
 * that Gladly did anything; only no body, `null` and `{}` are accepted.
 */
export async function readNothing(answer: Answer, subject: Subject): Promise<void> {
  const value = await readOptionalJson(answer, subject);
  if (value === null || (typeof value === 'object' && Object.keys(value).length === 0)) return;
  throw unreadable(subject, 'it has a body where none belongs');
}

function jsonOf(text: string, subject: Subject): unknown {
  try {
    return JSON.parse(text);
  } catch {
    if (text.trimStart().startsWith('<')) throw unreadable(subject, 'it is a web page, not JSON');
    throw endsEarly(text)
      ? unreadable(subject, 'its JSON ends early', { repeatable: true })
      : unreadable(subject, 'it is not JSON');
  }
}

/** Whether text that is not JSON is the start of some: a string or a bracket is still open at its end. */
function endsEarly(text: string): boolean {
  if (text.trim() === '') return true;
  if (!/^\s*[[{"]/.test(text)) return false;
  let open = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      at = endOfString(text, at);
      if (at < 0) return true;
    }
    if (character === '{' || character === '[') open += 1;
    if (character === '}' || character === ']') open -= 1;
  }
  return open > 0;
}

/** Where the string that begins at `start` ends; -1 when it does not. A regular expression fails on very long strings. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '"') return at;
    if (text[at] === '\\') at += 1;
  }
  return -1;
}
