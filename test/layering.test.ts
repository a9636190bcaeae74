import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const source = join(import.meta.dirname, '../src');

/** What every room of the workflow may import. */
const belowWorkflow = [
  'failure.ts',
  'private-folder.ts',
  'process-exists.ts',
  'domain',
  'ports',
  'documents',
  'http',
  'gladly',
  'medallia',
  'sources',
  'delivery',
  'store',
  'config',
];

/**
 * What each room may import of our code, besides itself. A room is a folder of `src`, or a folder inside `workflow`,
 * `store` or `domain`. The name of one of these three stands for the files directly in it if a room inside it imports
 * them, and for everything in it to all other rooms. Any other import points upward.
 */
const mayImport: Record<string, readonly string[]> = {
  'failure.ts': [],
  'private-folder.ts': [],
  'process-exists.ts': [],
  // This room says what a delivery is, which names its lane.
  domain: ['domain/values'],
  'domain/values': [],
  'domain/attribution': ['domain/values'],
  'domain/closing': ['domain', 'domain/attribution', 'domain/values'],
  'domain/eligibility': ['domain', 'domain/attribution', 'domain/closing', 'domain/values'],
  'domain/scores': [],
  'domain/survey': ['domain/attribution', 'domain/closing', 'domain/eligibility', 'domain/values'],
  ports: ['failure.ts', 'domain'],
  documents: ['domain'],
  http: ['failure.ts', 'domain'],
  gladly: ['failure.ts', 'domain', 'ports', 'http'],
  medallia: ['failure.ts', 'domain', 'ports', 'http'],
  sources: ['failure.ts', 'domain', 'ports', 'gladly'],
  delivery: ['failure.ts', 'private-folder.ts', 'domain', 'ports', 'html', 'http'],
  'store/ledger': ['process-exists.ts', 'domain'],
  'store/schema': ['failure.ts', 'domain', 'store/ledger'],
  'store/sqlite': ['failure.ts', 'private-folder.ts', 'domain/values'],
  'store/postgres': ['failure.ts', 'domain/values', 'store/ledger', 'store/schema'],
  'store/closings': ['failure.ts', 'domain', 'store/ledger'],
  'store/medallia': ['domain', 'store/ledger', 'store/closings'],
  'store/addresses': ['domain', 'store/ledger', 'store/medallia'],
  'store/answers': ['failure.ts', 'domain', 'store/ledger', 'store/closings'],
  'store/queue': [
    'failure.ts',
    'domain',
    'store/ledger',
    'store/closings',
    'store/medallia',
    'store/addresses',
  ],
  'store/erase': [
    'domain',
    'store/ledger',
    'store/schema',
    'store/closings',
    'store/addresses',
    'store/queue',
    'store/answers',
  ],
  'store/imports': [
    'domain',
    'store/ledger',
    'store/closings',
    'store/addresses',
    'store/answers',
    'store/erase',
  ],
  'store/views': [
    'domain',
    'store/ledger',
    'store/closings',
    'store/medallia',
    'store/queue',
    'store/answers',
  ],
  // The ledger as a whole: opened, looked at, copied, moved.
  store: [
    'failure.ts',
    'private-folder.ts',
    'domain',
    'ports',
    'store/ledger',
    'store/schema',
    'store/sqlite',
    'store/postgres',
    'store/erase',
  ],
  config: ['failure.ts', 'private-folder.ts', 'process-exists.ts', 'domain'],
  html: ['failure.ts', 'domain', 'documents'],
  terminal: ['failure.ts', 'private-folder.ts', 'process-exists.ts', 'domain', 'ports', 'documents'],
  sandbox: ['domain', 'gladly', 'medallia'],
  'workflow/context': belowWorkflow,
  'workflow/survey': [...belowWorkflow, 'workflow/context'],
  'workflow/queue': [...belowWorkflow, 'workflow/context', 'workflow/survey'],
  'workflow/answers': [...belowWorkflow, 'workflow/context', 'workflow/survey'],
  'workflow/scores': [...belowWorkflow, 'html'],
  'workflow/forgetting': [...belowWorkflow, 'workflow/context'],
  'workflow/imports': [...belowWorkflow, 'workflow/context'],
  'workflow/runs': [
    ...belowWorkflow,
    'workflow/context',
    'workflow/survey',
    'workflow/queue',
    'workflow/answers',
    'workflow/forgetting',
  ],
  'workflow/operator': [...belowWorkflow, 'workflow/context'],
  'workflow/webhooks': [...belowWorkflow, 'workflow/context'],
  'workflow/checks': [...belowWorkflow, 'html', 'workflow/context', 'workflow/survey', 'workflow/webhooks'],
  'workflow/serving': [
    ...belowWorkflow,
    'workflow/context',
    'workflow/survey',
    'workflow/queue',
    'workflow/answers',
    'workflow/forgetting',
    'workflow/runs',
  ],
  server: ['failure.ts', 'domain', 'ports', 'documents', 'html', 'workflow', 'config'],
  commands: [
    'failure.ts',
    'domain',
    'ports',
    'documents',
    'html',
    'workflow',
    'config',
    'terminal',
    'sandbox',
    'server',
  ],
  'cli.ts': ['commands', 'terminal'],
  'start.ts': ['cli.ts', 'commands', 'terminal'],
};

/** The sandbox stands in for both, so it may know the contracts' types but nothing of our clients. */
const sandboxMayImport = ['gladly/contract.ts', 'medallia/contract.ts'];

interface Import {
  from: string;
  to: string;
}

function sources(): string[] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(source, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)].map(
    (match) => match[1]!,
  );
  return specifiers.map((specifier) => ({
    from: file,
    to: relative(source, join(source, dirname(file), specifier)),
  }));
}

const part = (file: string): string => file.split('/')[0]!;

const foldersWithRooms = new Set(['workflow', 'store', 'domain']);

/** The room that a file is in. */
function room(file: string): string {
  const [folder, inner, ...rest] = file.split('/');
  return foldersWithRooms.has(folder!) && rest.length > 0 ? `${folder}/${inner}` : folder!;
}

function allows(from: string, to: string): boolean {
  const allowed = mayImport[room(from)] ?? [];
  if (room(from) === room(to) || allowed.includes(room(to))) return true;
  return part(from) !== part(to) && allowed.includes(part(to));
}

describe('layers', () => {
  test('an import that points upwards would be found', () => {
    expect(allows('store/queue/claims.ts', 'store/ledger/ledger.ts')).toBe(true);
    expect(allows('workflow/queue/x.ts', 'store/queue/claims.ts')).toBe(true);
    expect(allows('store/sqlite/x.ts', 'store/ledger/ledger.ts')).toBe(false);
    expect(allows('store/closings/x.ts', 'store/queue/claims.ts')).toBe(false);
    expect(allows('domain/attribution/x.ts', 'domain/survey/token.ts')).toBe(false);
  });

  test('every room has a place in the order', () => {
    const rooms = new Set(sources().map(room));
    expect([...rooms].filter((name) => !(name in mayImport))).toEqual([]);
  });

  test('imports point downwards only', () => {
    const wrong = sources()
      .flatMap(importsOf)
      .filter(({ from, to }) => !allows(from, to));
    expect(wrong).toEqual([]);
  });

  test('what a room may import is what it imports, but for what all of the workflow stands on', () => {
    const all = sources().flatMap(importsOf);
    const imports = (from: string, to: string): boolean =>
      all.some((one) => room(one.from) === from && [room(one.to), part(one.to)].includes(to));
    const unused = Object.entries(mayImport).flatMap(([from, allowed]) =>
      allowed
        .filter((to) => !(part(from) === 'workflow' && belowWorkflow.includes(to)) && !imports(from, to))
        .map((to) => `${from} -> ${to}`),
    );
    expect(unused).toEqual([]);
  });

  test('the sandbox knows the contract and nothing else of the client', () => {
    const wrong = sources()
      .flatMap(importsOf)
      .filter(({ from, to }) => part(from) === 'sandbox' && ['gladly', 'medallia'].includes(part(to)))
      .filter(({ to }) => !sandboxMayImport.includes(to));
    expect(wrong).toEqual([]);
  });

  test('imports name files that exist', () => {
    const known = new Set(sources());
    const missing = sources()
      .flatMap(importsOf)
      .filter(({ to }) => to.endsWith('.ts') && !known.has(to));
    expect(missing).toEqual([]);
  });
});

/** The first path of files that need one another, from a file back to itself; null if there is none. */
function circle(needs: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const from = (file: string, path: readonly string[]): string[] | null => {
    const start = path.indexOf(file);
    if (start >= 0) return [...path.slice(start), file];
    if (done.has(file)) return null;
    done.add(file);
    for (const next of needs.get(file) ?? []) {
      const found = from(next, [...path, file]);
      if (found !== null) return found;
    }
    return null;
  };
  for (const file of needs.keys()) {
    const found = from(file, []);
    if (found !== null) return found;
  }
  return null;
}

describe('circles', () => {
  test('one would be found', () => {
    const needs = new Map([
      ['a', ['b', 'c']],
      ['b', []],
      ['c', ['d']],
      ['d', ['b', 'c']],
    ]);
    expect(circle(needs)).toEqual(['c', 'd', 'c']);
  });

  test('no files need each other, not even for their types', () => {
    const needs = new Map(sources().map((file) => [file, importsOf(file).map(({ to }) => to)]));
    expect(circle(needs)).toBeNull();
  });

  test('no rooms need each other', () => {
    const needs = new Map<string, string[]>();
    for (const { from, to } of sources().flatMap(importsOf)) {
      if (room(from) === room(to)) continue;
      needs.set(room(from), [...(needs.get(room(from)) ?? []), room(to)]);
    }
    expect(circle(needs)).toBeNull();
  });
});

describe('side effects stay in their place', () => {
  const offenders = (pattern: RegExp, allowed: (file: string) => boolean): string[] =>
    sources()
      .filter((file) => !allowed(file))
      .filter((file) => pattern.test(readFileSync(join(source, file), 'utf8')));

  test('only the terminal and the program print', () => {
    const prints = /\bconsole\.|process\.(stdout|stderr)/;
    expect(
      offenders(prints, (file) => part(file) === 'terminal' || ['cli.ts', 'start.ts'].includes(file)),
    ).toEqual([]);
  });

  test('the ledger is written in transactions only', () => {
    const writes = /\.(db|ahead)\s*\.(insertInto|replaceInto|updateTable|deleteFrom|mergeInto|schema)\b/;
    expect(offenders(writes, () => false)).toEqual([]);
  });

  test('the domain reads no clock, no randomness, no environment and no files', () => {
    const impure =
      /\bDate\.now\(|\bnew Date\(\)|Math\.random|\bprocess\.|randomUUID|randomBytes|from 'node:(fs|http|https|net|os|child_process)/;
    expect(offenders(impure, (file) => part(file) !== 'domain')).toEqual([]);
  });
});
