import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { start } from './run.ts';

/** The GCSAT_WEBHOOK_PASSWORD in a server's environment. */
export const webhookPassword = 'a password that is long enough';

export interface Serving {
  origin: string;
  /**
   * Reports a closing as Gladly's webhook does.
   *
   * @param timestamp the time of the event; without it, the event has no known time
   * @returns the status of the answer
   */
  tell(conversationId: string, timestamp?: string): Promise<number>;
  readiness(): Promise<{ status: number; body: unknown }>;
  stderr(): string;
  stop(): Promise<number | null>;
  ended: Promise<unknown>;
}

/** Starts a server as a separate process, and resolves once it listens. It catches up on nothing. */
export async function serve(env: Record<string, string>): Promise<Serving> {
  const child = start(['serve', '--json', '--port', '0', '--no-catch-up'], { env });
  const ended = once(child, 'close') as Promise<[number | null]>;
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(() => Promise.reject(new Error(`serve ended: ${stderr}`))),
  ])) as [string];
  const { listening } = JSON.parse(line) as { listening: string };
  return {
    origin: listening,
    async tell(conversationId, timestamp) {
      const answer = await fetch(`${listening}/webhooks/gladly`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`gcsat:${webhookPassword}`).toString('base64')}` },
        body: JSON.stringify({ type: 'CONVERSATION/CLOSED', timestamp, content: { conversationId } }),
      });
      await answer.text();
      return answer.status;
    },
    async readiness() {
      const answer = await fetch(`${listening}/readyz`);
      return { status: answer.status, body: await answer.json() };
    },
    stderr: () => stderr,
    ended,
    async stop() {
      child.kill('SIGTERM');
      return (await ended)[0];
    },
  };
}
