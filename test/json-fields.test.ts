import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { root, sectionOf } from './support/documents.ts';

const scripts = 'docs/scripts.md';
const list = '`surveys list`';
const survey = '`attribute` and `replay`';

/** Every document that a command prints, and the sections that together say what its fields mean. */
const printed: readonly (readonly [type: string, path: string, ...sections: string[]])[] = [
  ['SurveyDocument', scripts, survey, 'Errors'],
  ['SyncDocument', scripts, '`backfill` and `sync`', survey],
  ['DoctorDocument', scripts, '`doctor`'],
  ['SurveyEntry', scripts, list],
  ['SurveyStory', scripts, '`surveys show`', list, survey],
  ['NotedSurvey', scripts, '`surveys note`', list],
  ['ForgetDocument', scripts, '`surveys forget`'],
  ['UnmatchedRow', scripts, '`surveys unmatched`'],
  ['PostDocument', scripts, '`post`', survey],
  ['ExportRow', scripts, '`export`', list],
  ['ExportSummary', scripts, '`export`'],
  ['ImportDocument', scripts, '`import`'],
  ['BackupDocument', scripts, '`ledger`'],
  ['LedgerDocument', scripts, '`ledger`'],
  ['LedgerCopyDocument', scripts, '`ledger`'],
  ['LedgerUpgradeDocument', scripts, '`ledger`'],
  ['ReportDocument', 'docs/report.md', 'JSON and CSV', 'What is counted', 'Groups and filters'],
];

/** Types that only the page of a report has. */
const unprinted = ['LowRatedAnswer'];

const folder = join(root, 'src/documents');
const files = readdirSync(folder).map((file) => join(folder, file));
const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path));
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const program = ts.createProgram(files, { ...options, noEmit: true });
const checker = program.getTypeChecker();

const exported = new Map(
  files.flatMap((file) => {
    const source = program.getSourceFile(file);
    const statements = source?.statements.filter((one) => ts.isInterfaceDeclaration(one)) ?? [];
    return statements.map((one) => [one.name.text, checker.getTypeAtLocation(one)] as const);
  }),
);

/** The names of all fields of a type, nested ones included, with the path to each; keys that are data are left out. */
function fieldsOf(type: ts.Type, seen = new Set<ts.Type>()): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of partsOf(type)) {
    if (seen.has(part)) continue;
    seen.add(part);
    for (const property of checker.getPropertiesOfType(part)) {
      const [declaration] = property.declarations ?? [];
      if (declaration === undefined || !isField(declaration)) continue;
      found.set(property.name, property.name);
      const inner = fieldsOf(checker.getTypeOfSymbolAtLocation(property, declaration), seen);
      for (const [name, path] of inner) if (!found.has(name)) found.set(name, `${property.name}.${path}`);
    }
  }
  return found;
}

/** The members of a union, or the type of a list's elements, without texts and numbers. */
function partsOf(type: ts.Type): ts.Type[] {
  if (type.isUnion()) return type.types.flatMap(partsOf);
  const [element] = checker.isArrayType(type) ? checker.getTypeArguments(type as ts.TypeReference) : [];
  if (element !== undefined) return partsOf(element);
  return (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) === 0 ? [] : [type];
}

function isField(declaration: ts.Declaration): boolean {
  const isOurs = !relative(join(root, 'src'), declaration.getSourceFile().fileName).startsWith('..');
  return isOurs && (ts.isPropertySignature(declaration) || ts.isPropertyAssignment(declaration));
}

/** Everything in backticks; both parts of `answer.rating`. */
function namesIn(text: string): Set<string> {
  return new Set([...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, code = '']) => code.split(/[^\w]+/)));
}

describe('every field of the JSON is described', () => {
  test.each(printed)('of %s in %s', (name, path, ...sections) => {
    const type = exported.get(name);
    if (type === undefined) throw new Error(`src/documents has no ${name}`);
    const described = namesIn(sections.map((heading) => sectionOf(path, heading)).join('\n'));
    const fields = fieldsOf(type);
    expect(fields.size).toBeGreaterThan(3);
    expect([...fields].filter(([field]) => !described.has(field)).map(([, at]) => at)).toEqual([]);
  });

  test('and no document is forgotten', () => {
    const seen = new Set<ts.Type>();
    for (const [name] of printed) {
      const type = exported.get(name);
      if (type !== undefined) fieldsOf(type, seen);
    }
    const names = [...exported].filter(([, type]) => !seen.has(type)).map(([name]) => name);
    // Types that others extend are part of those.
    const extended = ['BackfillDocument', 'ReportCounts'];
    expect(names.filter((name) => !extended.includes(name)).sort()).toEqual(unprinted);
  });
});
