import { Failure } from '../../failure.ts';

const mostFrames = 8;

/**
 * What a log may say about an error. Never its message: a failure may quote what the other side said about a person,
 * and a defect may quote anything.
 */
export function errorFields(error: unknown): Record<string, unknown> {
  if (error instanceof Failure) return { kind: error.kind, code: error.code, hint: error.hint };
  return {
    code: 'defect',
    error: error instanceof Error ? error.name : typeof error,
    where: framesOf(error),
  };
}

/** The stack without its first lines, which repeat the message. */
function framesOf(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, mostFrames)
    .map((line) => line.trim());
}
