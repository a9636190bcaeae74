import { expect, test } from 'vitest';
import { defaultPolicy } from '../../../src/domain/eligibility/policy.ts';
import { medalliaAgentsCheck } from '../../../src/workflow/checks/medallia-checks.ts';

type Sources = Parameters<typeof medalliaAgentsCheck.run>[0];

/** Only what the check reads. */
function sources(gladly: string, there: string): Sources {
  const agents = new Map([['a1', { id: 'a1', name: 'Ann', email: gladly }]]);
  return {
    settings: () => ({
      policy: defaultPolicy,
      delivery: 'medallia',
      medallia: { employeesFile: null, apiKey: 'k' },
    }),
    employees: () => Promise.resolve([{ email: there, customId: null }]),
    directory: { agents: () => Promise.resolve(agents) },
  } as unknown as Sources;
}

test.each([
  ['ann@bücher.example', 'Ann@xn--bcher-kva.example', 'ok'],
  ['ann@XN--BCHER-KVA.example', 'ann@bu\u0308cher.example', 'ok'],
  ['ann＠bücher.example', 'ann@bücher.example.', 'ok'],
  ['ann@bücher.example', 'ann@bucher.example', 'warning'],
])('an agent who is %j in Gladly and %j at Agent Connect is found: %s', async (gladly, there, status) => {
  expect(await medalliaAgentsCheck.run(sources(gladly, there))).toMatchObject({ status });
});
