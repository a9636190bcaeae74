import { describe, expect, test } from 'vitest';
import { exitCodes } from '../../src/failure.ts';
import { isWhole, proofTimeoutMs } from './extent.ts';
import { expectDecency, runBehind, withScene } from './behind-network.ts';
import { faults, isHeard, type Fault } from './faults.ts';
import { longAgo, type Scene } from './scene.ts';

/** Something besides the survey itself that gcsat does at most once, and what becomes of it. */
interface Act {
  /** Its state afterward, by what the fault did to the request. */
  told: Record<Fault['message'] | 'refused', string>;
  /** Its state after two more runs without the fault. */
  inTheEnd: Record<Fault['message'] | 'refused', string>;
  /** The exit code of the command if its act certainly did not get through. */
  code: number;
  /** The request that meets the fault. */
  request: RegExp;
  /** Prepares the act. Returns the command that does it. */
  stage(scene: Scene): Promise<readonly string[]>;
  state(scene: Scene): Promise<string | undefined>;
  /** How many times Gladly has it. */
  count(scene: Scene): number | Promise<number>;
  /** The contract states no body for its answer, so the status alone counts, and any JSON will do. */
  isBodiless?: boolean;
  /** The faults of a bounded proof. */
  few: readonly string[];
}

const shown = async (scene: Scene): Promise<ReturnType<typeof JSON.parse>> =>
  (await scene.json(['surveys', 'show', '--', scene.sandbox.exampleConversationId])).document;

const reminder: Act = {
  told: { sent: 'sent', uncertain: 'uncertain', 'not sent': 'due', refused: 'failed' },
  inTheEnd: { sent: 'sent', uncertain: 'uncertain', 'not sent': 'sent', refused: 'failed' },
  code: exitCodes.partial,
  request: /^POST \/api\/v1\/communications\/email$/,
  async stage(scene) {
    const asked = await scene.run(['replay', '--', scene.sandbox.exampleConversationId]);
    expect(asked.code, asked.stderr).toBe(0);
    expect((await scene.run(['configure', 'set', 'reminderAfter=1m'])).code).toBe(0);
    await scene.later(2);
    return ['sync'];
  },
  state: async (scene) => (await shown(scene)).reminder?.state,
  count: ({ sandbox }) => sandbox.mailbox().filter(({ subject }) => /^Reminder: /.test(subject ?? '')).length,
  few: ['an answer without its last byte', '429 without end'],
};

const note: Act = {
  told: { sent: 'sent', uncertain: 'uncertain', 'not sent': 'due', refused: 'due' },
  inTheEnd: { sent: 'sent', uncertain: 'uncertain', 'not sent': 'sent', refused: 'sent' },
  code: 0,
  request: /^POST \/api\/v1\/conversations\/[^/]+\/notes$/,
  async stage(scene) {
    expect((await scene.run(['configure', 'set', 'followUpTask=on'])).code).toBe(0);
    return ['post', '--rating', '1', '--', scene.sandbox.exampleConversationId];
  },
  state: async (scene) => (await shown(scene)).alerts[0]?.state,
  count: async (scene) => (await scene.taken('POST', /\/notes$/)).length,
  isBodiless: true,
  few: ['reset before the answer', '503 without end'],
};

const cases = Object.entries({ 'a reminder': reminder, 'a note about a low rating': note }).flatMap(
  ([name, act]) =>
    faults
      .filter((fault) => isWhole || act.few.includes(fault.name))
      .map((fault): [string, string, Act, Fault] => [name, fault.name, act, fault]),
);

function endingOf({ isBodiless = false }: Act, fault: Fault): keyof Act['told'] {
  if (fault.refused === true) return 'refused';
  return isBodiless && (fault.endsWithHead === true || fault.name === 'JSON of another shape')
    ? 'sent'
    : fault.message;
}

/** What failed is tried again after a minute. Gladly's clock does not run ahead, so it has no events of its future. */
const pausesInMinutes = [2, 5];

describe('what is done at most once', () => {
  test.each(cases)('%s: %s', { timeout: proofTimeoutMs }, async (name, faultName, act, fault) =>
    withScene(async (scene) => {
      const args = await act.stage(scene);
      let before: number | null = null;
      const outcome = await runBehind(scene, { args }, fault, (number, line) => {
        if (act.request.test(line)) before ??= number - 1;
        return before === null ? { kind: 'pass' } : fault.fate(number - before);
      });
      process.stdout.write(`${name}, ${faultName}: exit ${outcome.code}\n`);
      expect(before, 'the request that is to meet the fault').not.toBeNull();
      expectDecency(outcome);
      const ending = endingOf(act, fault);
      expect(await act.state(scene), outcome.stderr).toBe(act.told[ending]);
      const isDone = ending === 'sent' || ending === 'uncertain';
      expect(outcome.code, outcome.stderr).toBe(isDone ? 0 : act.code);
      const heard = isDone && (fault.message === 'sent' || isHeard(fault)) ? 1 : 0;
      expect(await act.count(scene)).toBe(heard);

      for (const minutes of pausesInMinutes) {
        const again = await scene.run(['sync'], longAgo(scene.env, -minutes));
        expect(again.code, again.stderr).toBe(0);
      }
      expect(await act.state(scene)).toBe(act.inTheEnd[ending]);
      expect(await act.count(scene)).toBe(!isDone && act.inTheEnd[ending] === 'sent' ? 1 : heard);
    }),
  );
});
