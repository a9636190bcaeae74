import { parseArgs } from 'node:util';
import { startSandbox } from '../src/sandbox/start.ts';
import { observe } from './local-server.ts';
import { naiveReader } from './naive.ts';
import { numberOf } from './options.ts';
import { environmentOf, runProgram, withFolder } from './program.ts';
import { countBy, depthOf, operationOf, type Exchange } from './statistics.ts';
import { print, printMachine, printTable, seconds, times } from './table.ts';

/**
 * Which requests one replay makes. The latency is longer than it takes all requests to leave, so requests that do not
 * wait for one another overlap.
 */
const { values: options } = parseArgs({ options: { latency: { type: 'string', default: '2000' } } });
const latencyMs = numberOf(options.latency);

interface Measured {
  name: string;
  exchanges: Exchange[];
  took: number;
}

await withFolder(async (folder) => {
  const sandbox = await startSandbox({ size: 300, faults: { latencyMs } });
  const observer = await observe(sandbox.origin);
  const account = { ...sandbox, origin: observer.origin };
  const env = environmentOf(folder, account);
  const trap = (name: string): string =>
    sandbox.traps.find((one) => one.name === name)?.conversationId ?? sandbox.exampleConversationId;
  const measured: Measured[] = [];
  const note = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    const began = performance.now();
    await work();
    measured.push({ name, exchanges: observer.taken(), took: (performance.now() - began) / 1000 });
  };
  const gcsat = (...args: string[]): (() => Promise<unknown>) => {
    return () => runProgram(args, env);
  };

  printMachine('before');
  try {
    const naive = naiveReader(account, () => Promise.resolve());
    await note('six calls one after another', () => naive(sandbox.exampleConversationId));
    await note('replay, nothing cached', gcsat('replay', sandbox.exampleConversationId));
    await note('replay of another, directories cached', gcsat('replay', trap('reopened')));
    await note('replay of the same again', gcsat('replay', sandbox.exampleConversationId));
    await note('attribute, directories cached', gcsat('attribute', trap('opt_out_child_topic')));
    await note('replay of a merged customer', gcsat('replay', trap('merged_customer')));
    await note('replay of a truncated timeline', gcsat('replay', trap('truncated')));
  } finally {
    await observer.close();
    await sandbox.close();
  }

  const base = measured[0]!.took;
  print(`answers after ${latencyMs} ms; depth: requests that had to wait for one another`);
  printTable(
    ['what', 'requests', 'depth', '429s', 'took', 'of six calls'],
    measured.map(({ name, exchanges, took }) => [
      name,
      String(exchanges.length),
      String(depthOf(exchanges)),
      String(exchanges.filter(({ status }) => status === 429).length),
      seconds(took),
      times(took / base),
    ]),
  );
  for (const { name, exchanges } of measured) {
    const operations = [...countBy(exchanges, operationOf)].map(([operation, times]) =>
      times === 1 ? operation : `${operation} (${times})`,
    );
    print(`${name}: ${operations.join(', ')}`);
  }
  print();
  printMachine('after');
});
