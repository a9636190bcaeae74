import { expect, onTestFinished, test } from 'vitest';
import { testGladly, type TestGladly } from '../support/gladly.ts';
import { recordingProxy } from '../support/recording-proxy.ts';
import { runJson } from '../support/run.ts';

interface Setup extends TestGladly {
  deviations(): string[];
  rows(): Promise<Record<string, unknown>[]>;
}

/** The program, with Agent Connect as its delivery. */
async function withMedallia(): Promise<Setup> {
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

test('a closing is requested once, for the agent who responded last', async () => {
  const { env, trap, rows, deviations } = await withMedallia();
  const { code, document } = await runJson(['replay', trap('three_agents')], { env });
  expect(code).toBe(0);
  expect(document).toMatchObject({
    outcome: 'sent',
    survey: { provider: 'medallia', url: null },
  });
  const again = await runJson(['replay', trap('three_agents')], { env });
  expect(again.document).toMatchObject({ outcome: 'already_surveyed' });
  expect(await rows()).toEqual([
    expect.objectContaining({
      ext_interaction_id: document.conversation.closing,
      request_delivery_status: 'Sent',
      employee: expect.objectContaining({ email: document.attribution.agent.email }),
      external_url: expect.stringContaining(trap('three_agents')),
      custom_properties: expect.objectContaining({ conversation_id: trap('three_agents') }),
    }),
  ]);
  expect(deviations()).toEqual([]);
});
