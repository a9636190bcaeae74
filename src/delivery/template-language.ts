import { Eta, EtaParseError } from 'eta/core';

/**
 * Templates are Eta, cut down to what a mail needs. Eta alone would run any JavaScript between its tags, with the reach
 * of the whole program. Here every tag must have one of a few forms and refer to values that exist, so a template
 * cannot call, assign or reach anything but its data, and a misspelled value is found when the template is loaded.
 */

/** A mistake in a template, at a line of its file. */
export class TemplateError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.name = 'TemplateError';
    this.line = line;
  }
}

export type Renderer = (data: object) => string;

interface CompileOptions {
  /** The line of the file on which the source starts. */
  firstLine: number;
  /** `none` for parts that no browser reads. */
  escape: 'html' | 'none';
  /** Has every value that a template may refer to. Lists have at least one entry. */
  sample: object;
}

/** @throws TemplateError naming the line of the first mistake */
export function compileTemplate(source: string, options: CompileOptions): Renderer {
  // Only with `debug` do the parsed tags know their lines.
  const eta = new Eta({ autoTrim: false, debug: true });
  const escape = options.escape === 'html' ? eta.config.escapeFunction : String;
  eta.configure({ escapeFunction: (value) => escape(value ?? '') });
  checkTags(parse(eta, source, options.firstLine), options);
  try {
    const template = eta.compile(source);
    return (data) => eta.render(template, data);
  } catch (error) {
    if (!(error instanceof EtaParseError)) throw error;
    throw new TemplateError(options.firstLine, 'the name after const is a reserved word of JavaScript');
  }
}

type Tag = Exclude<ReturnType<Eta['parse']>[number], string>;

function parse(eta: Eta, source: string, firstLine: number): Tag[] {
  try {
    return eta.parse(source).filter((part) => typeof part !== 'string');
  } catch (error) {
    if (!(error instanceof EtaParseError)) throw error;
    const [, mistake = 'broken tag', line = '1'] = /^(.*?) at line (\d+)/.exec(error.message) ?? [];
    throw new TemplateError(firstLine - 1 + Number(line), mistake);
  }
}

type Form =
  | { is: 'value'; path: string }
  | { is: 'if' | 'else if'; paths: string[] }
  | { is: 'else' | 'end' | 'comment' }
  | { is: 'for'; variable: string; list: string };

const path = String.raw`[A-Za-z]+(?:\.[A-Za-z]+)*`;
const literal = String.raw`'[^'\\\n]*'|"[^"\\\n]*"|\d+`;
const test = String.raw`(?:!?${path}|${path}\s*[!=]==\s*(?:${literal}))`;
const condition = String.raw`\(\s*(${test}(?:\s*(?:&&|\|\|)\s*${test})*)\s*\)`;
const patterns = {
  path: new RegExp(`^${path}$`),
  if: new RegExp(String.raw`^(if|\}\s*else\s+if)\s*${condition}\s*\{$`),
  else: /^\}\s*else\s*\{$/,
  for: new RegExp(String.raw`^for\s*\(\s*const\s+([A-Za-z]+)\s+of\s+(${path})\s*\)\s*\{$`),
  comment: /^\/\*(?:(?!\*\/)[^])*\*\/$/,
  operands: new RegExp(`${literal}|(${path})`, 'g'),
};

function formOf(tag: Tag, line: number): Form {
  const code = tag.val.trim();
  if (tag.t === 'r') {
    throw new TemplateError(
      line,
      'raw output <%~ %> is not allowed, because strangers choose the names in it',
    );
  }
  if (tag.t === 'i') {
    if (patterns.path.test(code)) return { is: 'value', path: code };
    throw new TemplateError(line, `cannot show ${code}, only a value such as it.companyName`);
  }
  const [, start, operands] = patterns.if.exec(code) ?? [];
  if (start !== undefined && operands !== undefined) {
    const paths = [...operands.matchAll(patterns.operands)].flatMap((match) => match[1] ?? []);
    return { is: start === 'if' ? 'if' : 'else if', paths };
  }
  const [, variable, list] = patterns.for.exec(code) ?? [];
  if (variable !== undefined && list !== undefined) return { is: 'for', variable, list };
  if (patterns.else.test(code)) return { is: 'else' };
  if (patterns.comment.test(code)) return { is: 'comment' };
  if (code === '}') return { is: 'end' };
  throw new TemplateError(line, `not understood: ${code} (use if, else, for … of, or a comment)`);
}

type Names = ReadonlyMap<string, unknown>;

interface Block {
  line: number;
  names: Names;
  mayHaveElse: boolean;
}

function checkTags(tags: readonly Tag[], options: CompileOptions): void {
  const outside: Names = new Map([['it', options.sample]]);
  const blocks: Block[] = [];
  const names = (): Names => blocks.at(-1)?.names ?? outside;

  for (const tag of tags) {
    const line = options.firstLine - 1 + (tag.lineNo ?? 1);
    const form = formOf(tag, line);

    if (form.is === 'end' && blocks.pop() === undefined) {
      throw new TemplateError(line, 'a } without its if or for');
    }
    if ((form.is === 'else' || form.is === 'else if') && blocks.pop()?.mayHaveElse !== true) {
      throw new TemplateError(line, 'an else without its if');
    }
    if (form.is === 'value' && typeof valueAt(form.path, names(), line) === 'object') {
      throw new TemplateError(line, `${form.path} is not text`);
    }
    if (form.is === 'if' || form.is === 'else if') {
      for (const operand of form.paths) valueAt(operand, names(), line);
      blocks.push({ line, names: names(), mayHaveElse: true });
    }
    if (form.is === 'else') blocks.push({ line, names: names(), mayHaveElse: false });
    if (form.is === 'for') {
      const entries = valueAt(form.list, names(), line);
      if (!Array.isArray(entries)) throw new TemplateError(line, `${form.list} is not a list`);
      if (names().has(form.variable)) throw new TemplateError(line, `${form.variable} is already in use`);
      blocks.push({ line, names: new Map([...names(), [form.variable, entries[0]]]), mayHaveElse: false });
    }
  }

  const open = blocks.at(-1);
  if (open !== undefined) throw new TemplateError(open.line, 'an if or for without its }');
}

/** A value of the sample data. @throws TemplateError when no value has this name */
function valueAt(dotted: string, names: Names, line: number): unknown {
  const [root = '', ...steps] = dotted.split('.');
  if (!names.has(root)) throw new TemplateError(line, `${root} is not known; values start with it.`);
  let reached = root;
  let value = names.get(root);
  for (const step of steps) {
    if (!isRecord(value) || !Object.hasOwn(value, step)) {
      throw new TemplateError(line, `${reached} has no ${step}`);
    }
    reached += `.${step}`;
    value = value[step];
  }
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
