import { onTestFinished } from 'vitest';
import { startSandbox, type RunningSandbox, type SandboxOptions } from '../../src/sandbox/start.ts';
import { temporaryFolder } from './run.ts';
import { runJsonInside } from './run-inside.ts';

/** A sandbox for one test, and the environment that points the program at it. */
export interface TestGladly {
  sandbox: RunningSandbox;
  env: Record<string, string>;
  /** The requests so far, e.g. `POST /api/v1/communications/email`. */
  requests(): Promise<{ method: string; path: string; status: number; time: string }[]>;
  /** The first conversation of a trap. */
  trap(name: string): string;
}

/** The environment that a program needs to survey the customers of a sandbox with messages that Gladly sends. */
export function connectionTo(
  sandbox: Pick<RunningSandbox, 'origin' | 'email' | 'token' | 'fromAddress'>,
): Record<string, string> {
  return {
    GCSAT_DOMAIN: sandbox.origin,
    GCSAT_EMAIL: sandbox.email,
    GCSAT_TOKEN: sandbox.token,
    GCSAT_DELIVERY: 'gladly-email',
    GCSAT_FROM: sandbox.fromAddress,
    GCSAT_PUBLIC_URL: 'https://csat.example.com',
  };
}

/** Everything is new for each test, and the rate limit does not slow a test down unless the test sets one. */
export async function testGladly(options: SandboxOptions = {}): Promise<TestGladly> {
  const sandbox = await startSandbox({ size: 50, limits: { requestsPerSecond: 1000 }, ...options });
  onTestFinished(() => sandbox.close());
  const folder = temporaryFolder();
  return {
    sandbox,
    env: {
      ...connectionTo(sandbox),
      GCSAT_CONFIG_DIR: `${folder}/config`,
      GCSAT_DATA_DIR: `${folder}/data`,
    },
    async requests() {
      const answer = await fetch(`${sandbox.origin}/_sandbox/requests`);
      return (await answer.json()) as { method: string; path: string; status: number; time: string }[];
    },
    trap(name) {
      const found = sandbox.traps.find((trap) => trap.name === name);
      if (found === undefined) throw new Error(`the sandbox has no trap ${name}`);
      return found.conversationId;
    },
  };
}

/** Makes a conversation of this customer that has just closed. Returns its id. */
export async function closedConversation(
  { sandbox }: Pick<TestGladly, 'sandbox'>,
  email: string,
): Promise<string> {
  const answer = await fetch(`${sandbox.origin}/_sandbox/conversations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ customer: { email }, close: true }),
  });
  return ((await answer.json()) as { conversationId: string }).conversationId;
}

/** The ledger as `surveys list` shows it. */
export async function surveysOf(env: Record<string, string>): Promise<Record<string, unknown>[]> {
  // The list is the same whichever clock and temporary folder the program is given.
  const { document } = await runJsonInside(['surveys', 'list'], {
    env: { ...env, NODE_OPTIONS: undefined, TMPDIR: undefined },
  });
  return document;
}
