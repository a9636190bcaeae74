/** Ends a text that shows what a dry run would have done. */
export function dryRunNote(dryRun: boolean): string {
  return dryRun ? '\n\nA dry run: this is what would happen; nothing was written.' : '';
}
