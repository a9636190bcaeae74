import type { components } from '../gladly/contract.ts';

export type Problem = components['schemas']['Error'];

export function problem(code: string, detail: string, attr?: string): Problem {
  return { ...(attr === undefined ? {} : { attr }), code, detail };
}

/** A request that the contract forbids. It is answered with the contract's error. */
export class Refusal extends Error {
  readonly status: number;
  readonly problems: readonly Problem[];

  constructor(status: number, problems: readonly Problem[]) {
    super(`refused with ${status}`);
    this.name = 'Refusal';
    this.status = status;
    this.problems = problems;
  }
}
