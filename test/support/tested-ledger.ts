/** Whether this test run is about ledgers on a server instead of in files. */
export const isOnServer = process.env['TEST_LEDGER'] === 'postgres';
