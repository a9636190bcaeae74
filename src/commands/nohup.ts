import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

const writeOnly = 1;

/**
 * Whether nohup started this process, so that a hang-up must not stop it. Node takes an ignored SIGHUP back to its
 * default before we run, so what else nohup leaves has to tell: shells name the command they start in `_`, and GNU's
 * nohup opens /dev/null for writing in place of a terminal as stdin.
 */
export function isUnderNohup(env: NodeJS.ProcessEnv): boolean {
  return basename(env['_'] ?? '') === 'nohup' || isWriteOnly(0);
}

/** By proc(5); false where there is no such file. */
function isWriteOnly(descriptor: number): boolean {
  try {
    const [, flags = ''] =
      /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8')) ?? [];
    return (Number.parseInt(flags, 8) & 3) === writeOnly;
  } catch {
    return false;
  }
}
