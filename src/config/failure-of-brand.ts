import { Failure } from '../failure.ts';

/** The same failure, naming the brand whose setting it is about. @param brand null: the profile's own setting */
export function ofBrand(brand: string | null, failure: Failure): Failure {
  if (brand === null || failure.message.startsWith(`brand ${brand}: `)) return failure;
  const { kind, code, message, hint, scope, passes } = failure;
  return new Failure(kind, code, `brand ${brand}: ${message}`, {
    hint: hint
      .replaceAll('gcsat configure set', `gcsat configure brand set '${brand}'`)
      .replaceAll(
        /gcsat configure unset (\w+)/g,
        (_, key: string) => `gcsat configure brand set '${brand}' ${key}=`,
      ),
    scope,
    passes,
    cause: failure,
  });
}

/** @throws Failure what the work threw, naming the brand whose setting it is about */
export async function namingBrand<Result>(
  brand: string | null,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Failure ? ofBrand(brand, error) : error;
  }
}
