import { Failure } from '../../failure.ts';

/** What is thrown and is not a Failure, as the trouble of one piece of work. It quotes nothing: a defect may say anything. */
export function defectOf(error: unknown): Failure {
  const name = error instanceof Error ? error.name : typeof error;
  return new Failure('defect', 'defect', `unexpected ${name}: a defect in gcsat`, {
    hint: 'Please report it with what -v shows; the others continue.',
    cause: error,
  });
}

/** What was thrown first: it shows where the defect is. */
export function thrownBy(error: unknown): unknown {
  return error instanceof Failure && error.kind === 'defect' ? error.cause : error;
}
