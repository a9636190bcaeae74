import { describe, expect, test } from 'vitest';
import { compileTemplate, TemplateError } from '../../src/delivery/template-language.ts';

const sample = { name: 'x', nothing: 'x', kind: 'x', stars: [{ rating: 1, url: 'x' }] };
const data = {
  name: 'A & "B"',
  nothing: null,
  kind: 'chat',
  stars: [
    { rating: 1, url: 'u1' },
    { rating: 2, url: 'u2' },
  ],
};

const render = (source: string, escape: 'html' | 'none' = 'html'): string =>
  compileTemplate(source, { firstLine: 1, escape, sample })(data);

function mistake(source: string): { line: number; message: string } {
  try {
    compileTemplate(source, { firstLine: 10, escape: 'html', sample });
  } catch (error) {
    if (error instanceof TemplateError) return { line: error.line, message: error.message };
    throw error;
  }
  throw new Error(`nothing wrong with ${source}`);
}

describe('what a template may say', () => {
  test('values are escaped in HTML and plain elsewhere; null is empty', () => {
    expect(render('<b><%= it.name %></b>[<%= it.nothing %>]')).toBe('<b>A &amp; &quot;B&quot;</b>[]');
    expect(render('<%= it.name %>[<%= it.nothing %>]', 'none')).toBe('A & "B"[]');
  });

  test('repetition', () => {
    expect(render('<% for (const star of it.stars) { %>(<%= star.rating %> <%= star.url %>)<% } %>')).toBe(
      '(1 u1)(2 u2)',
    );
  });

  test.each([
    [`it.kind === 'chat'`, 'yes'],
    [`it.kind !== "chat"`, 'no'],
    ['it.nothing', 'no'],
    ['!it.nothing', 'yes'],
    ['it.name && it.nothing', 'no'],
    [`it.nothing || it.kind === 'chat'`, 'yes'],
  ])('if (%s)', (condition, answer) => {
    expect(render(`<% if (${condition}) { %>yes<% } else { %>no<% } %>`)).toBe(answer);
  });

  test('else if, nesting, comments', () => {
    const source = `<% /* choose } */ %><% for (const star of it.stars) { %><% if (star.rating === 1) { %>one<% } else if (star.rating === 2) { %>two<% } else { %>many<% } %>,<% } %>`;
    expect(render(source)).toBe('one,two,');
  });

  test('line breaks stay, unless the tag ends in a dash', () => {
    expect(render("<%= it.kind %>\n<%= it.kind -%>\nend'\\n`${1}`")).toBe("chat\nchatend'\\n`${1}`");
  });
});

describe('what it may not', () => {
  test.each([
    ['<%= it.nmae %>', 'it has no nmae'],
    ['<%= name %>', 'name is not known'],
    ['<%= it.stars %>', 'it.stars is not text'],
    ['<%= it.stars.length %>', 'has no length'],
    ['<%= it.constructor %>', 'has no constructor'],
    ['<%= it.__proto__ %>', 'cannot show'],
    ['<%= it.name.constructor %>', 'has no constructor'],
    ['<%= process.env.HOME %>', 'process is not known'],
    ['<%= it.name.toUpperCase() %>', 'cannot show'],
    ['<%= (() => 1)() %>', 'cannot show'],
    ['<%= this.readFile %>', 'this is not known'],
    ['<%= include("/etc/passwd") %>', 'cannot show'],
    ['<%~ it.name %>', 'raw output'],
    ['<% layout("/etc/passwd") %>', 'not understood'],
    ['<% globalThis.x = 1 %>', 'not understood'],
    ['<% while (true) { %><% } %>', 'not understood'],
    ['<% if (it.name = 1) { %><% } %>', 'not understood'],
    ['<% if (it.name()) { %><% } %>', 'not understood'],
    ['<% if (it.nmae) { %><% } %>', 'has no nmae'],
    ['<% if (it.kind === `${process.pid}`) { %><% } %>', 'not understood'],
    ['<% /* a */ process.exit() /* b */ %>', 'not understood'],
    ['<% for (const it of it.stars) { %><% } %>', 'already in use'],
    ['<% for (const class of it.stars) { %><% } %>', 'word of JavaScript'],
    ['<% for (const x of it.name) { %><% } %>', 'not a list'],
    ['<% for (const star of it.stars) { %><% } %><%= star.url %>', 'star is not known'],
    ['<% } %>', 'without its if'],
    ['<% } else { %>', 'without its if'],
    ['<% if (it.name) { %><% } else { %><% } else { %><% } %>', 'without its if'],
    ['<% if (it.name) { %>', 'without its }'],
    ['<% if (it.name', 'unclosed tag'],
    ['<%= "abc %>', 'unclosed string'],
  ])('%s', (source, message) => {
    expect(mistake(source)).toEqual({ line: 10, message: expect.stringContaining(message) });
  });

  test('the line is that of the file', () => {
    expect(mistake('a\nb\n<%= it.nmae %>').line).toBe(12);
    expect(mistake('a\n<% if (it.name) { %>\nb').line).toBe(11);
    expect(mistake('a\nb\n\n<%= it.name').line).toBe(13);
  });
});
