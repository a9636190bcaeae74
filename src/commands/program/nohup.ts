import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

const writeOnly = 1;

/**
 * Whether nohup started this process, so that a hang-up must not stop it. Node restores an ignored SIGHUP to its
 * default before we run, but nohup leaves other traces: shells name the command they start in `_`, and GNU nohup
 * replaces a terminal on stdin with /dev/null, opened for writing.
 */
export function isUnderNohup(env: NodeJS.ProcessEnv): boolean {
  return basename(env['_'] ?? '') === 'nohup' || isWriteOnly(0);
}

/** According to proc(5); false on systems without it. */
function isWriteOnly(descriptor: number): boolean {
  try {
    const [, flags = ''] =
      /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8')) ?? [];
    return (Number.parseInt(flags, 8) & 3) === writeOnly;
  } catch {
    return false;
  }
}
