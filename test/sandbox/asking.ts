import { expect } from 'vitest';
import type { RunningSandbox } from '../../src/sandbox/start.ts';
import { validateExchange } from '../support/contract-validator.ts';
import { ask, trapId, type Answer, type AnyJson, type Question } from './ask.ts';

/** Noon on the day of these sandboxes. */
export const noon = Date.UTC(2026, 10, 22, 12);

export interface Asking {
  /** The answer, which must conform to the contract. */
  conforming: (question: Question) => Promise<Answer>;
  /** The errors in an answer that conforms to the contract, for a request that does not. */
  errorsOf: (question: Question, status?: number) => Promise<{ attr?: string; code: string }[]>;
  /** The path of a special conversation. */
  conversation: (trap: string) => string;
  customerOf: (trap: string) => Promise<string>;
  itemsOf: (trap: string) => Promise<AnyJson[]>;
}

/** Asks the sandbox that is running at the time of the question. */
export function asking(sandbox: () => RunningSandbox): Asking {
  const conforming: Asking['conforming'] = async (question) => {
    const answer = await ask(sandbox(), question);
    expect(validateExchange(answer)).toEqual([]);
    return answer;
  };
  const conversation = (trap: string): string => `/api/v1/conversations/${trapId(sandbox(), trap)}`;
  return {
    conforming,
    conversation,
    errorsOf: async (question, status = 400) => {
      const answer = await ask(sandbox(), question);
      expect(answer.status).toBe(status);
      expect(validateExchange(answer, { responseOnly: true })).toEqual([]);
      return answer
        .json()
        .errors.map(({ attr, code }: { attr?: string; code: string }) =>
          attr === undefined ? { code } : { attr, code },
        );
    },
    customerOf: async (trap) => (await conforming({ path: conversation(trap) })).json().customerId,
    itemsOf: async (trap) => (await ask(sandbox(), { path: `${conversation(trap)}/items` })).json(),
  };
}
