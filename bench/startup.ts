import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { numberOf } from './options.ts';
import { binary, environmentOf, withFolder } from './program.ts';
import { median, quantile } from './statistics.ts';
import { milliseconds, print, printMachine, printTable, times } from './table.ts';

/** How much longer than an empty script the program takes to start, compared with well-known programs. */
const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '40' } } });
const rounds = numberOf(options.rounds);
const modules = fileURLToPath(new URL('../node_modules', import.meta.url));
const others = {
  tsc: 'typescript/bin/tsc',
  prettier: 'prettier/bin/prettier.cjs',
  eslint: 'eslint/bin/eslint.js',
};

await withFolder(async (folder) => {
  const empty = join(folder, 'empty.cjs');
  const emptyModule = join(folder, 'empty.mjs');
  writeFileSync(empty, '');
  writeFileSync(emptyModule, '');
  const env = environmentOf(folder);
  const cases = [
    { name: 'empty script', args: [empty] },
    { name: 'empty script, again', args: [empty] },
    { name: 'empty ES module', args: [emptyModule] },
    { name: 'gcsat --version', args: [binary, '--version'] },
    { name: 'gcsat --help', args: [binary, '--help'] },
    { name: 'gcsat attribute --help', args: [binary, 'attribute', '--help'] },
    ...['--version', '--help'].flatMap((flag) =>
      Object.entries(others).map(([name, script]) => ({
        name: `${name} ${flag}`,
        args: [join(modules, script), flag],
      })),
    ),
  ].map((one) => ({ ...one, took: [] as number[] }));

  const start = (args: readonly string[]): number => {
    const began = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { env });
    if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr.toString()}`);
    return performance.now() - began;
  };

  printMachine('before');
  for (const { args } of cases) start(args);
  for (let round = 0; round < rounds; round += 1) {
    // Each round begins with the next case, so that no case is always first.
    for (let turn = 0; turn < cases.length; turn += 1) {
      const one = cases[(round + turn) % cases.length]!;
      one.took.push(start(one.args));
    }
  }

  const base = cases[0]!.took;
  print(`${rounds} rounds; each row against the empty script of the same round, medians:`);
  printTable(
    ['start', 'median', 'middle half', 'ratio', 'more'],
    cases.map(({ name, took }) => [
      name,
      milliseconds(median(took)),
      `${quantile(took, 0.25).toFixed(1)} to ${quantile(took, 0.75).toFixed(1)}`,
      times(median(took.map((value, round) => value / base[round]!))),
      milliseconds(median(took.map((value, round) => value - base[round]!))),
    ]),
  );
  printMachine('after');
});
