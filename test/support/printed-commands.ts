import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { program } from '../../src/commands/program/program.ts';
import { root } from './documents.ts';

export interface PrintedCommand {
  /** The command as it is printed; a part filled in at run time appears as `${expression}`. */
  text: string;
  /** File and line. */
  place: string;
}

const names = (program.commands ?? []).map(({ name }) => name).join('|');
const mention = new RegExp(`\\bgcsat (?:…|<|--|(?:${names})(?![\\w-]))`, 'g');
const marked = /`([^`]*)`|<code>(.*?)<\/code>/g;

/**
 * Every command that a text in the program's source can advise: in backticks, in `<code>`, as an example, or as the
 * whole text.
 *
 * @throws Error for a text that names a command in any other way, so that none is missed
 */
export function printedCommands(): PrintedCommand[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .flatMap((file) => commandsIn(join('src', file)));
}

function commandsIn(file: string): PrintedCommand[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(root, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const found: PrintedCommand[] = [];
  const visit = (node: ts.Node): void => {
    const text = textOf(node);
    const mentions = text?.match(mention)?.length ?? 0;
    if (text !== null && mentions > 0) {
      const place = `${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
      const commands = isExample(node) ? [text.replace(/ {2,}.*/, '')] : advisedIn(text);
      if (commands.join('\n').match(mention)?.length !== mentions) {
        throw new Error(`${place} names a command outside of backticks: ${text}`);
      }
      found.push(...commands.map((command) => ({ text: command, place })));
    }
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(source, visit);
  return found;
}

function advisedIn(text: string): string[] {
  const inMarks = [...text.matchAll(marked)]
    .map(([, ticked, code]) => ticked ?? code ?? '')
    .filter((one) => one.match(mention));
  return inMarks.length === 0 && text.startsWith('gcsat ') ? [text] : inMarks;
}

/** The text of a literal; null for any other node, and for the name of a property, which is not printed. */
function textOf(node: ts.Node): string | null {
  if (ts.isPropertyAssignment(node.parent) && node.parent.name === node) {
    return null;
  }
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return null;
  const spans = node.templateSpans.map(({ expression, literal }) => {
    // A text within another text is visited by itself.
    const filled = expression.getText().includes('`') ? '' : expression.getText();
    return `\${${filled}}${literal.text}`;
  });
  return node.head.text + spans.join('');
}

function isExample({ parent }: ts.Node): boolean {
  return (
    ts.isArrayLiteralExpression(parent) &&
    ts.isPropertyAssignment(parent.parent) &&
    parent.parent.name.getText() === 'examples'
  );
}
