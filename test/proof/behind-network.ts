import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { exitCodes } from '../../src/failure.ts';
import { brokenNetwork } from '../support/broken-network.ts';
import type { Fault } from './faults.ts';
import { createScene, type Scene } from './scene.ts';

/** How often the same request may be sent. */
const mostTries = 6;
/** Resident: about 90 for the program, and six answers at once, each refused after 16 of it were read. */
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
  /** How often each request line came. */
  asked: Map<string, number>;
  mebibytes: number;
}

/**
 * Runs the command with the fault between it and Gladly. After two minutes, the command is killed and the test fails.
 * The time limit for an answer is short only if it is what ends the fault: a busy machine is no fault of the network.
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
 * Expects what must hold however the command ended.
 *
 * @param askedTwice the request that it sends for two reasons, so that each has its own tries
 */
export function expectDecency(
  { code, stdout, stderr, asked, mebibytes }: Outcome,
  { askedTwice }: { askedTwice?: string } = {},
): void {
  // One document, whether it holds an error or a result.
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
