/** Ends a text that shows what would be. */
export function dryRunNote(dryRun: boolean): string {
  return dryRun ? '\n\nA dry run: this is how it would be, and nothing was written.' : '';
}
