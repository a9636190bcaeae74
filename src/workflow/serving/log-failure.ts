import type { Failure } from '../../failure.ts';
import type { Log } from '../../ports/log.ts';
import { thrownBy } from '../context/defect.ts';
import { errorFields } from '../context/error-fields.ts';

/** Logs the failure of one piece of work: as a warning, or as an error if it is a defect in gcsat. */
export function logFailure(
  log: Log,
  fields: Record<string, unknown>,
  failure: Failure,
  message: string,
): void {
  if (failure.kind === 'defect')
    log.error({ ...fields, ...errorFields(thrownBy(failure)) }, 'unexpected, please report it');
  else log.warn({ ...fields, code: failure.code, hint: failure.hint }, message);
}
