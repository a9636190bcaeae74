import type { Failure } from '../../failure.ts';
import type { Log } from '../../ports/log.ts';
import { thrownBy } from '../context/defect.ts';
import { errorFields } from '../context/error-fields.ts';

/** What one piece of work ended with: a warning, or an error for what is a defect of ours. */
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
