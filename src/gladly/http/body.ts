import { isObject } from '../../domain/values/json.ts';
import { cutOff, notAnAnswer, unreadable, type Subject } from './errors.ts';
import { readErrors, summaryOf } from './refusal.ts';
import type { Answer } from '../../http/transport.ts';

/** Several bodies are in memory at a time. The longest timeline, of 1000 items, takes a few MiB. */
const maxJsonBytes = 16 * 1024 * 1024;

/**
 * The JSON of an answer. A web page, plain text, an error, or an empty body in its place is a temporary Problem;
 * malformed JSON is a Problem of kind contract.
 */
export async function readJson(answer: Answer, subject: Subject): Promise<unknown> {
  const value = jsonOf(await answer.text(maxJsonBytes), subject);
  // No answer in the contract is a bare value or null; some servers send one when they have nothing, or an error.
  if (typeof value !== 'object') throw notAnAnswer(subject, `a bare ${typeof value}`);
  if (value === null) throw notAnAnswer(subject, 'a bare null');
  return value;
}

/** For answers whose body the contract does not state: the JSON, or null when there is no body. */
export async function readOptionalJson(answer: Answer, subject: Subject): Promise<unknown> {
  const text = await answer.text(maxJsonBytes);
  return text.trim() === '' ? null : jsonOf(text, subject);
}

/**
 * For answers whose status says everything (204). Only no body, `null`, and `{}` are accepted: any other body comes
 * from another server and does not prove that Gladly did anything.
 */
export async function readNothing(answer: Answer, subject: Subject): Promise<void> {
  const value = await readOptionalJson(answer, subject);
  if (value === null || (typeof value === 'object' && Object.keys(value).length === 0)) return;
  throw unreadable(subject, 'it has a body where none belongs');
}

function jsonOf(text: string, subject: Subject): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const found = otherThanData(text);
    if (found !== null) throw notAnAnswer(subject, found);
    throw endsEarly(text) ? cutOff(subject) : unreadable(subject, 'it is not JSON');
  }
  if (isError(value)) throw notAnAnswer(subject, `an error${summaryOf(readErrors(text))}`);
  return value;
}

/** What a body holds instead of JSON (CSV counts as text); null when it may be the beginning of JSON. */
export function otherThanData(text: string): string | null {
  const beginning = text.trimStart();
  if (beginning === '') return 'nothing';
  if (beginning.startsWith('<')) return 'a web page';
  return /^[[{"]/.test(beginning) ? null : 'a text';
}

/**
 * Whether JSON is nothing but an error, which can come with a success status too: an error of the contract (Error
 * Handling), or one from a server in front of Gladly, which has its own name for it.
 */
export function isError(value: unknown): boolean {
  if (isObject(value)) return !('id' in value) && errorNames.some((name) => name in value);
  return Array.isArray(value) && value.length > 0 && value.every(isErrorEntry);
}

const errorNames = ['errors', 'error', 'message', 'fault'];

function isErrorEntry(entry: unknown): boolean {
  if (!isObject(entry) || 'id' in entry) return false;
  return Object.keys(entry).every((name) => ['attr', 'code', 'detail', 'meta'].includes(name));
}

/** Whether text that is not valid JSON is the beginning of some: a string or a bracket is still open at its end. */
function endsEarly(text: string): boolean {
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

/**
 * The end of the string that begins at `start`; -1 when it has none. A regular expression fails on very long strings.
 */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '"') return at;
    if (text[at] === '\\') at += 1;
  }
  return -1;
}
