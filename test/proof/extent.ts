/** `PROOF=all` (`npm run proof`) proves everything; without it a part that every change can wait for. */
export const isWhole = process.env['PROOF'] === 'all';

/** Runs of one property. */
export const runs = isWhole ? 10_000 : 300;

/** No proof may run into the limit of a unit test. */
export const proofTimeoutMs = isWhole ? 3_600_000 : 300_000;
