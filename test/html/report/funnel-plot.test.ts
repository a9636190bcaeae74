import { describe, expect, test } from 'vitest';
import { funnelPlace, funnelPlot, type FunnelGroup } from '../../../src/html/report/funnel-plot.ts';

const nouns = { one: 'agent', more: 'agents' };
const groupOf = (name: string, satisfied: number, of: number): FunnelGroup => ({ name, satisfied, of });

describe('where a group lies', () => {
  // With 100 answers and 80% expected, 95% of the time chance gives 72 to 88, and 99.8% of the time 67 to 91.
  test.each([
    [66, 'below', 'alarm'],
    [67, 'below', 'warning'],
    [71, 'below', 'warning'],
    [72, 'inside', 'none'],
    [88, 'inside', 'none'],
    [89, 'above', 'warning'],
    [91, 'above', 'warning'],
    [92, 'above', 'alarm'],
  ])('%i of 100 lies %s, beyond the limit of kind %s', (satisfied, side, limits) => {
    expect(funnelPlace(groupOf('x', satisfied, 100), 0.8)).toEqual({ side, limits });
  });

  test('no one is outside where nothing else is expected', () => {
    expect(funnelPlace(groupOf('x', 3, 3), 1).side).toBe('inside');
    expect(funnelPlace(groupOf('x', 0, 3), 0).side).toBe('inside');
  });
});

test('everything lies within the figure, and those outside the limits have their names', () => {
  const groups = Array.from({ length: 200 }, (_, index) => {
    const of = 1 + ((index * 37) % 400);
    return groupOf(`Agent ${index}`, Math.round(of * (0.5 + ((index * 13) % 50) / 100)), of);
  });
  const overall =
    groups.reduce((sum, { satisfied }) => sum + satisfied, 0) / groups.reduce((sum, { of }) => sum + of, 0);
  const plot = funnelPlot(groups, overall, nouns);
  expect(plot.points).toHaveLength(200);
  for (const { x, y } of [...plot.points, ...plot.texts]) {
    expect(Number.parseFloat(x)).toBeGreaterThanOrEqual(0);
    expect(Number.parseFloat(x)).toBeLessThanOrEqual(100);
    expect(y).toBeGreaterThanOrEqual(0);
    expect(y).toBeLessThanOrEqual(plot.height + 4);
  }
  const coordinates = plot.paths.flatMap(({ d }) => [...d.matchAll(/([\d.-]+),([\d.-]+)/g)]);
  expect(coordinates.length).toBeGreaterThan(300);
  for (const [, x, y] of coordinates) {
    expect(Number(x)).toBeLessThanOrEqual(100);
    expect(Number(y)).toBeLessThanOrEqual(plot.height);
  }
  const outside = plot.points.filter(({ kind }) => kind !== 'inside');
  expect(outside.length).toBeGreaterThan(10);
  expect(plot.texts).toHaveLength(10);
  for (const { text } of plot.texts) {
    expect(outside.some(({ title }) => title.startsWith(`${text}: `))).toBe(true);
  }
});

test('names beside points that are close do not cover one another', () => {
  const groups = ['Ada', 'Bo', 'Cy'].map((name, index) => groupOf(name, 40 + index, 100));
  const { texts } = funnelPlot([...groups, groupOf('All others', 900, 1000)], 0.79, nouns);
  const heights = texts.filter(({ text }) => text !== 'All others').map(({ y }) => y);
  expect(heights).toHaveLength(3);
  const [first, second, third] = heights.toSorted((one, other) => one - other);
  expect(second! - first!).toBeGreaterThanOrEqual(15);
  expect(third! - second!).toBeGreaterThanOrEqual(15);
});
