import { expect, onTestFinished } from 'vitest';
import { testGladly, type TestGladly } from './gladly.ts';
import { recordingProxy } from './recording-proxy.ts';

export interface MedalliaSetup extends TestGladly {
  deviations(): string[];
  rows(): Promise<Record<string, unknown>[]>;
}

/** The program, with Agent Connect as its delivery. */
export async function withMedallia(): Promise<MedalliaSetup> {
  const gladly = await testGladly();
  const { sandbox } = gladly;
  const proxy = await recordingProxy(sandbox.origin);
  onTestFinished(() => proxy.close());
  const { env } = gladly;
  delete env['GCSAT_FROM'];
  delete env['GCSAT_PUBLIC_URL'];
  return {
    ...gladly,
    env: {
      ...env,
      GCSAT_DELIVERY: 'medallia',
      GCSAT_MEDALLIA_URL: proxy.origin,
      GCSAT_MEDALLIA_API_KEY: sandbox.medallia.apiKey,
      GCSAT_MEDALLIA_API_SECRET: sandbox.medallia.apiSecret,
    },
    deviations: () => proxy.deviations(),
    async rows() {
      const answer = await fetch(`${sandbox.origin}/_sandbox/medallia`);
      return ((await answer.json()) as { rows: Record<string, unknown>[] }).rows;
    },
  };
}

/** A customer finishes the survey at Agent Connect, or changes the answer. */
export async function answer(
  { sandbox }: Pick<MedalliaSetup, 'sandbox'>,
  interactionId: unknown,
  rating: number,
  comment: string,
): Promise<void> {
  const { ok } = await fetch(`${sandbox.origin}/_sandbox/medallia/answers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ interactionId, rating, comment, resolved: true }),
  });
  expect(ok).toBe(true);
}

const isCard = /^\/api\/v1\/customers\/[^/]+\/conversation-items/;

/** How many cards are on timelines in the end. */
export async function cardsOn(gladly: MedalliaSetup): Promise<number> {
  const requests = await gladly.requests();
  const counted = (method: string): number =>
    requests.filter((one) => one.method === method && isCard.test(one.path) && one.status < 300).length;
  return counted('POST') - counted('DELETE');
}
