import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

export interface Document {
  /** From the root of the repository, e.g. `docs/sandbox.md`. */
  path: string;
  text: string;
}

/** The documents that users and contributors read. */
export function documents(): Document[] {
  const inDocs = readdirSync(join(root, 'docs')).filter((file) => file.endsWith('.md'));
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...inDocs.map((file) => `docs/${file}`)].map(
    (path) => ({ path, text: readFileSync(join(root, path), 'utf8') }),
  );
}

export function documentAt(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** The section under a second-level heading. */
export function sectionOf(path: string, heading: string): string {
  const found = documentAt(path)
    .split(/^## /m)
    .find((section) => section.startsWith(`${heading}\n`));
  if (found === undefined) throw new Error(`${path} has no section ${heading}`);
  return found;
}

export interface Block {
  language: string;
  lines: string[];
  /** The nearest heading above, without its marks. */
  heading: string;
}

/** The fenced blocks of a document, in order. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let heading = '';
  let open: Block | null = null;
  for (const line of text.split('\n')) {
    const fence = /^```(\w*)/.exec(line);
    if (open !== null) {
      if (fence === null) open.lines.push(line);
      else open = null;
    } else if (fence !== null) {
      open = { language: fence[1] ?? '', lines: [], heading };
      blocks.push(open);
    } else {
      heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
    }
  }
  return blocks;
}

/**
 * The shell lines in a block: in a crontab, after the five fields of the time; in a systemd unit, after `ExecStart=`
 * and without the folder of the program.
 */
export function shellLinesOf({ language, lines }: Block): string[] {
  if (language === 'sh') return lines;
  const held = { crontab: /^(?:[\d*/,-]+ +){5}(.*)$/, ini: /^ExecStart=(?:\/[\w/]+\/)?(.*)$/ }[language];
  if (held === undefined) return [];
  return lines.flatMap((line) => held.exec(line)?.[1] ?? []);
}

/** Prose: the document without its fenced blocks. */
export function proseOf(text: string): string {
  return text.replace(/^```[^]*?^```$/gm, '');
}

/** Names that links can point to, as GitHub makes them from the headings. */
export function anchorsOf(text: string): string[] {
  return [...proseOf(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

/**
 * What a document says about a piece of code, by that code: the other cells of a table row whose first cell is code, or
 * two cells of a list entry such as "- `maxAge` (`30d`): closings older than this are not surveyed". The first of these
 * two is the text in parentheses.
 */
export function described(text: string): Map<string, string[]> {
  return new Map(
    [...tableRows(text), ...listEntries(text)].flatMap(([head, cells]) =>
      [...head.matchAll(/`([^`]+)`/g)].map(([, code = '']): [string, string[]] => [code, cells]),
    ),
  );
}

type Described = [head: string, cells: string[]];

function tableRows(text: string): Described[] {
  return [...text.matchAll(/^\| (.*) \|$/gm)].map(([, row = '']) => {
    const [head = '', ...cells] = row.split(/(?<!\\) \| /).map((cell) => cell.trim());
    return [head, cells];
  });
}

function listEntries(text: string): Described[] {
  const entry = /^- ((?:`[^`\n]+`|[^`:(\n])+?)(?:\s+\(([^)]*)\))?:\s([^]*?)(?=\n(?:- |#|\n)|\n?$(?![^]))/gm;
  return [...text.matchAll(entry)].map(([, head = '', aside = '', rest = '']) => [
    head,
    [aside, rest].map((cell) => cell.replace(/\s+/g, ' ').trim()),
  ]);
}

/**
 * The calls of gcsat in a line of shell: for each, the words after `gcsat`. Words are split as a shell splits them, as
 * far as the documents need it: quotes, pipes, lists, redirections, process substitution, comments.
 */
export function callsIn(line: string): string[][] {
  const calls: string[][] = [];
  let words: string[] = [];
  const end = (): void => {
    const start = words.findIndex((word) => !/^\w+=/.test(word) && word !== 'npx');
    if (words[start] === 'gcsat') calls.push(words.slice(start + 1));
    words = [];
  };
  const token =
    /\s*(?:#.*|(&&|\|\||[|;)]|<\(|\$\(|\d?>>?\s*\S+)|((?:"[^"]*"|'[^']*'|<\w+>|[^\s"'|;<>()$&]|\$(?!\())+))/gy;
  for (const [, operator, word] of line.matchAll(token)) {
    if (operator !== undefined) end();
    if (word !== undefined) words.push(word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
  }
  end();
  return calls;
}
