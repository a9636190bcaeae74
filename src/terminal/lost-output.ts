/** The error line for when stdout cannot be written. */
export function lostOutput({ code = 'unknown' }: { code?: string | undefined }): string {
  return `error: cannot write to stdout: ${code} (Free some disk space there, then run it again.)\n`;
}
