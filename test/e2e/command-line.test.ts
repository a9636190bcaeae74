import { describe, expect, test } from 'vitest';
import { runJson } from '../support/run.ts';

/** Enough for commands that ask Gladly nothing; nobody listens there. */
const account = { GCSAT_DOMAIN: 'http://127.0.0.1:1', GCSAT_EMAIL: 'api@acme.com', GCSAT_TOKEN: 'a-token' };

describe('ids that begin with a dash', () => {
  const conversation = '-kYk3LLOfQEjlI6FArvJxg';

  test.each([conversation, `${conversation}@2026-11-25T04:02:40.517Z`])('%s is no option', async (id) => {
    const { code, document } = await runJson(['surveys', 'show', id], { env: account });
    expect({ code, message: document.error.message }).toEqual({
      code: 5,
      message: expect.stringContaining(` ${id}`),
    });
  });
});
