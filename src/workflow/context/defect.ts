import { Failure } from '../../failure.ts';

/** Turns a thrown non-Failure into the Failure of one item. It never quotes the message, which may say anything. */
export function defectOf(error: unknown): Failure {
  const name = error instanceof Error ? error.name : typeof error;
  return new Failure('defect', 'defect', `unexpected ${name}: a defect in gcsat`, {
    hint: 'Please report it with the output of -v; everything else continues.',
    cause: error,
  });
}

/** The error first thrown, whose stack shows where the defect is. */
export function thrownBy(error: unknown): unknown {
  return error instanceof Failure && error.kind === 'defect' ? error.cause : error;
}
