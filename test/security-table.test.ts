import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { root, sectionOf } from './support/documents.ts';

interface Promised {
  promise: string;
  /** Items of the standard. */
  items: string[];
  proofs: { file: string; titles: string[] }[];
  isUnproved: boolean;
}

/** The lists of promises, without their headings. */
function lists(): string {
  const [, ...groups] = sectionOf('docs/security.md', 'Promises and their proofs').split(/^### .*$/m);
  return groups.join('');
}

/** The entries of the lists, each with what proves it. */
function promises(): Promised[] {
  const [, ...entries] = lists().split(/^(?=- )/m);
  return entries.map((entry) => {
    const shape = /^- \*\*(.*?)\*\*(?: \(ASVS ([\d., ]+)\))? (- .*?) *$/;
    const [, promise = '', items = '', proofs = ''] = shape.exec(entry.replace(/\s+/g, ' ')) ?? [];
    return {
      promise,
      items: items.split(/[ ,]+/).filter((item) => item !== ''),
      proofs: proofs
        .split('`test/')
        .slice(1)
        .map((part) => {
          const [file = '', titles = ''] = part.split('`: ');
          return {
            file: `test/${file}`,
            titles: [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => title),
          };
        }),
      isUnproved: proofs.startsWith('- Not proved: '),
    };
  });
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

  test('are all in lists that are read', () => {
    const lines = lists().split('\n');
    expect(all).toHaveLength(lines.filter((line) => line.startsWith('- **')).length);
    expect(lines.filter((line) => /^\S/.test(line) && !line.startsWith('- **'))).toEqual([]);
    expect(all.every(({ promise }) => promise !== '')).toBe(true);
    // Each entry below a promise is one proof of it, or says that there is none.
    const inner = lines.filter((line) => line.startsWith('  - ')).length;
    const read = all.map(({ proofs, isUnproved }) => proofs.length + (isUnproved ? 1 : 0));
    expect(read.reduce((sum, count) => sum + count, 0)).toBe(inner);
    expect(all.length).toBeGreaterThan(20);
  });

  test('a test that does not run proves nothing', () => {
    const known = titlesOf('test/security-table.test.ts');
    expect(known.has('a test that does not run proves nothing')).toBe(true);
    expect(known.has('not there')).toBe(false);
  });
});
