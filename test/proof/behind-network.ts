import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { exitCodes } from '../../src/failure.ts';
import { brokenNetwork } from '../support/broken-network.ts';
import type { Fault } from './faults.ts';
import { createScene, type Scene } from './scene.ts';

/** As many times may one and the same thing be asked. */
const mostTries = 6;
/** Resident: about 90 of the program itself, and six answers at once of which 16 each are read before they are refused. */
const mostMebibytes = 320;

const { configuration, partial } = exitCodes;

const preload = `
  import { writeFileSync } from 'node:fs';
  process.on('exit', () => writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS)));
`;

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Request lines, with how often each came. */
  asked: Map<string, number>;
  mebibytes: number;
}

/**
 * Runs the command with the fault between it and Gladly. It is killed, and the test fails, after two minutes. The limit of
 * an answer is short only where it is what ends the fault: a busy machine is no fault of the network.
 */
export async function runBehind(
  scene: Scene,
  { args, env }: { args: readonly string[]; env?: Record<string, string> },
  { outlasts = false }: Pick<Fault, 'outlasts'>,
  decide: Parameters<typeof brokenNetwork>[1],
): Promise<Outcome> {
  const network = await brokenNetwork(scene.sandbox.origin, decide);
  const peak = join(scene.folder, 'peak');
  try {
    const { code, stdout, stderr } = await scene.run(
      ['--json', '--timeout', outlasts ? '1' : '20', ...args],
      {
        ...env,
        GCSAT_DOMAIN: network.origin,
        NODE_OPTIONS: `${scene.env['NODE_OPTIONS']} --import=data:text/javascript,${encodeURIComponent(preload)}`,
        PEAK_FILE: peak,
      },
    );
    const asked = new Map<string, number>();
    for (const line of network.requests) asked.set(line, (asked.get(line) ?? 0) + 1);
    return { code, stdout, stderr, asked, mebibytes: Number(readFileSync(peak, 'utf8')) / 1024 };
  } finally {
    await network.close();
  }
}

export async function withScene(use: (scene: Scene) => Promise<void>): Promise<void> {
  const scene = await createScene();
  await use(scene).finally(() => scene.close());
}

/**
 * What holds however it ended.
 *
 * @param askedTwice what it asks for two reasons, so that each has its own tries
 */
export function expectDecency(
  { code, stdout, stderr, asked, mebibytes }: Outcome,
  { askedTwice }: { askedTwice?: string } = {},
): void {
  // One document, whether it tells of an error or of a result.
  expect(JSON.parse(stdout)).toBeTypeOf('object');
  expect(
    code === 0 || code === partial || code === configuration || /^error: .+ \(.+\)$/m.test(stderr),
    stderr,
  ).toBe(true);
  expect(`${stdout}${stderr}`).not.toContain('sandbox-token');
  const most = (line: string): number => (line === askedTwice ? 2 * mostTries : mostTries);
  expect([...asked].filter(([line, times]) => times > most(line))).toEqual([]);
  expect(mebibytes).toBeLessThan(mostMebibytes);
}
