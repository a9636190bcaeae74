import { describe, expect, test } from 'vitest';
import { makeFolderLine } from '../../src/domain/folder-line.ts';

function folders(...existing: string[]) {
  const there = new Set(existing);
  const made: string[] = [];
  return {
    there,
    made,
    isFolder: (path: string) => there.has(path),
    make(path: string) {
      made.push(path);
      there.add(path);
    },
  };
}

describe('a line of folders', () => {
  test('is made from the first that exists, downwards', () => {
    const disk = folders('/', '/a');
    makeFolderLine('/a/b/c', disk);
    expect(disk.made).toEqual(['/a/b', '/a/b/c']);
    makeFolderLine('/a/b/c', disk);
    makeFolderLine('d', folders('.'));
    expect(disk.made).toHaveLength(2);
  });

  test('that cannot be made is tried once', () => {
    const tried: string[] = [];
    const make = (path: string): void => {
      tried.push(path);
      throw new Error('no such folder');
    };
    expect(() => makeFolderLine('/proc/x/y', { ...folders('/', '/proc'), make })).toThrow('no such folder');
    expect(tried).toEqual(['/proc/x']);
  });

  test('that somebody else makes just then is good', () => {
    const disk = folders('/');
    const make = (path: string): void => {
      disk.there.add(path);
      throw new Error('it exists');
    };
    expect(() => makeFolderLine('/a/b', { ...disk, make })).not.toThrow();
  });
});
