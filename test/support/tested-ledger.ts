/** This run of the tests is about ledgers on a server, and not about files. */
export const isOnServer = process.env['TEST_LEDGER'] === 'postgres';
