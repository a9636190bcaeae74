import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { documentAt, root } from './support/documents.ts';
import { stateDiagram } from './support/state-diagram.ts';

const text = documentAt('docs/architecture.md');

/** How many lines a terminal shows. */
const screen = 40;

describe('docs/architecture.md', () => {
  test('draws the states as the domain has them', () => {
    expect(/```mermaid\n([\s\S]*?)\n```/.exec(text)?.[1]).toBe(stateDiagram());
  });

  test('names files that exist, and functions that they export', () => {
    const named = [...text.matchAll(/`(src\/[\w/.-]+\.ts)`(?:\s+`(\w+)`)?/g)];
    expect(named.length).toBeGreaterThan(30);
    for (const [, file = '', name] of named) {
      expect(existsSync(join(root, file)), file).toBe(true);
      if (name !== undefined) {
        expect(readFileSync(join(root, file), 'utf8'), `${file} ${name}`).toMatch(
          new RegExp(`export (async )?function\\*? ${name}\\b`),
        );
      }
    }
  });

  test('walks that fit on one screen', () => {
    const walks = text.split(/^#{2,3} /m).filter((part) => /^\d\. /m.test(part));
    expect(walks).toHaveLength(4);
    for (const walk of walks) expect(walk.split('\n').length).toBeLessThanOrEqual(screen);
  });
});
