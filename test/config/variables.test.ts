import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { knownVariables } from '../../src/config/environment.ts';

const source = join(import.meta.dirname, '../../src');

/** The files that may read variables of the environment without cleaning their values; `*` is any variable. */
const readers: Record<string, readonly string[]> = {
  'config/environment.ts': ['*'],
  'terminal/color.ts': ['NO_COLOR', 'FORCE_COLOR', 'TERM'],
  'terminal/progress.ts': ['TERM'],
  'commands/program/nohup.ts': ['_'],
};
/** The files that pass on the whole environment. */
const holders = [
  'cli.ts',
  'commands/program/program-help.ts',
  'commands/program/signals.ts',
  'terminal/report.ts',
];
const names = /^(?:GCSAT_|XDG_|HOME$|APPDATA$|LOCALAPPDATA$)/;

/** The variables that source text reads itself, `process.env` and `?` (a computed name) among them. */
function readsOf(text: string): string[] {
  const file = ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const isEnvironment = (node: ts.Node): boolean => /(?:^|\.)env$/.test(node.getText(file));
  const look = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node)) {
      const { expression, name } = node;
      if (name.text === 'env' && expression.getText(file) === 'process') found.push('process.env');
      // `c.env` is the environment of a request in the web framework.
      else if (
        names.test(name.text) ||
        (isEnvironment(expression) && !/^c\.env$/.test(expression.getText(file)))
      )
        found.push(name.text);
    }
    if (ts.isElementAccessExpression(node)) {
      const name = ts.isStringLiteralLike(node.argumentExpression) ? node.argumentExpression.text : '?';
      if (names.test(name) || isEnvironment(node.expression)) found.push(name);
    }
    if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) {
      const name = (node.propertyName ?? node.name).getText(file).replace(/^'|'$/g, '');
      if (names.test(name)) found.push(name);
    }
    ts.forEachChild(node, look);
  };
  look(file);
  return found;
}

test.each([
  ["const x = env['GCSAT_X'];", ['GCSAT_X']],
  ['const x = env.GCSAT_X;', ['GCSAT_X']],
  ["const e = process.env; const x = e['XDG_DATA_HOME'];", ['process.env', 'XDG_DATA_HOME']],
  ['const { GCSAT_X: x, HOME } = context.env;', ['GCSAT_X', 'HOME']],
  ['const x = context.env[name];', ['?']],
  ["environmentText(env, 'GCSAT_X'); const y = { GCSAT_X: 1 };", []],
])('%s is seen', (text, found) => {
  expect(readsOf(text)).toEqual(found);
});

test('every variable of the environment goes through the one module that cleans it', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const wrong = files.flatMap((file) => {
    const text = readFileSync(join(source, file), 'utf8');
    const allowed = [...(readers[file] ?? []), ...(holders.includes(file) ? ['process.env'] : [])];
    // Only files with these words can read a variable; parsing the others takes long.
    if (allowed.includes('*') || !/\benv\b|ProcessEnv|GCSAT_|XDG_/.test(text)) return [];
    return readsOf(text)
      .filter((name) => !allowed.includes(name))
      .map((name) => `${file}: ${name}`);
  });
  expect(wrong).toEqual([]);
});

test('every variable that the program names is known, so that it is no misspelling', () => {
  const named = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => [...readFileSync(join(source, path), 'utf8').matchAll(/'(GCSAT_[A-Z_]*[A-Z])'/g)])
    .map(([, name]) => name!);
  expect(named.length).toBeGreaterThan(30);
  const isKnown = (name: string): boolean => knownVariables.some((one) => `${one}_`.startsWith(`${name}_`));
  expect(named.filter((name) => !isKnown(name))).toEqual([]);
});
