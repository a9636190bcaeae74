import { Failure } from '../failure.ts';

/** A text that its setting does not accept. The place where it was given decides which failure it becomes. */
export class InvalidValue extends Error {
  readonly hint: string;

  constructor(problem: string, hint: string) {
    super(problem);
    this.name = 'InvalidValue';
    this.hint = hint;
  }
}

/**
 * @param source for messages: where the text was given, e.g. `--timeout` or `GCSAT_TIMEOUT`.
 * @param kind usage for the command line, configuration for the environment and stored profiles.
 * @throws Failure of that kind.
 */
export function readValue<Value>(
  kind: 'usage' | 'configuration',
  source: string,
  parse: (text: string) => Value,
  text: string,
  code = kind === 'usage' ? 'bad_value' : 'bad_configuration',
): Value {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new Failure(kind, code, `${source}: ${error.message}`, { hint: error.hint });
  }
}
