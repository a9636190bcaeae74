/** `PROOF=all` (`npm run proof`) proves everything; without it, only a part that every change can wait for. */
export const isWhole = process.env['PROOF'] === 'all';

/** How often one property is tried. */
export const runs = isWhole ? 10_000 : 300;

/** A proof must not run into the time limit of a unit test. */
export const proofTimeoutMs = isWhole ? 3_600_000 : 300_000;
