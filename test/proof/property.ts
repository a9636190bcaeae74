import fc from 'fast-check';
import { runs } from './extent.ts';

/** Seeds are new for every run; `PROOF_SEED` repeats one, and the report of a failure names it. */
const given = process.env['PROOF_SEED'];
const seed = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);

process.stdout.write(`fuzz: PROOF_SEED=${seed}\n`);

/** Fails with a counterexample that is as small as possible. */
export function holds(property: fc.IProperty<never> | fc.IProperty<unknown>, numRuns = runs): void {
  fc.assert(property as fc.IProperty<unknown>, { seed, numRuns });
}

export async function holdsLater(
  property: fc.IAsyncProperty<never> | fc.IAsyncProperty<unknown>,
  numRuns = runs,
): Promise<void> {
  await fc.assert(property as fc.IAsyncProperty<unknown>, { seed, numRuns });
}
