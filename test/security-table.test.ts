import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { documentAt, root } from './support/documents.ts';

interface Promised {
  promise: string;
  /** Items of the standard. */
  items: string[];
  proofs: { file: string; titles: string[] }[];
  isUnproved: boolean;
}

/** The rows of the tables that say what proves a promise. */
function promises(): Promised[] {
  const [, tables = ''] = documentAt('docs/security.md').split('\n## Promises and their proofs\n');
  const rows = [...tables.matchAll(/^\| (.*?) +\| ([\d., ]*?) +\| (.*?) +\|$/gm)];
  return rows.map(([, promise = '', items = '', cell = '']) => ({
    promise,
    items: items.split(/[ ,]+/).filter((item) => item !== ''),
    proofs: cell
      .split('`test/')
      .slice(1)
      .map((part) => {
        const [file = '', titles = ''] = part.split('` ');
        return {
          file: `test/${file}`,
          titles: [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => title),
        };
      }),
    isUnproved: cell.startsWith('not proved: '),
  }));
}

/** The titles of all tests and groups of tests in a file that run. */
function titlesOf(file: string): Set<string> {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(root, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const titles = new Set<string>();
  const look = (node: ts.Node): void => {
    const title = ts.isCallExpression(node) ? node.arguments[0] : undefined;
    if (ts.isCallExpression(node) && title !== undefined && ts.isStringLiteralLike(title)) {
      const callee = node.expression.getText(source);
      if (/^(?:test|describe)\b/.test(callee) && !/\.(?:skip|todo|fails)\b/.test(callee))
        titles.add(title.text);
    }
    ts.forEachChild(node, look);
  };
  look(source);
  return titles;
}

const all = promises();

describe('the promises of docs/security.md', () => {
  test.each(all.map((one) => [one.promise, one] as const))('%s', (_, { proofs, isUnproved }) => {
    expect(proofs.length > 0).toBe(!isUnproved);
    for (const { file, titles } of proofs) {
      expect(existsSync(join(root, file)), file).toBe(true);
      expect(titles, file).not.toEqual([]);
      const known = titlesOf(file);
      expect(
        titles.filter((title) => !known.has(title)),
        file,
      ).toEqual([]);
    }
  });

  test('concern every part of the standard that a page like ours has to keep', () => {
    const items = new Set(all.flatMap((one) => one.items));
    const wanted = '2.2 2.4 3.2 3.3 3.4 3.5 4.1 6.3 7.2 11.5 13.2 14.2 15.3 16.2'.split(' ');
    expect(wanted.filter((item) => !items.has(item))).toEqual([]);
  });

  test('are all in tables that are read', () => {
    const [, tables = ''] = documentAt('docs/security.md').split('\n## Promises and their proofs\n');
    // Without a heading and the line below it in each table.
    const lines = tables.split('\n').filter((line) => line.startsWith('|'));
    expect(all).toHaveLength(lines.length - 2 * (tables.match(/^### /gm) ?? []).length);
    expect(all.length).toBeGreaterThan(20);
  });

  test('a test that does not run proves nothing', () => {
    const known = titlesOf('test/security-table.test.ts');
    expect(known.has('a test that does not run proves nothing')).toBe(true);
    expect(known.has('not there')).toBe(false);
  });
});
