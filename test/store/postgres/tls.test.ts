import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { openLedger } from '../../../src/store/open.ts';
import { installed } from '../../support/tools.ts';
import { startPostgres, type TestServer } from '../../support/postgres-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'gcsat-tls-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Makes a self-signed certificate of a server with one name or address. Returns its path; its key is beside it. */
function certificate(name: string, whose = 'DNS:localhost'): string {
  const [path, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  const of = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const whom = ['-subj', '/CN=ledger', '-addext', `subjectAltName=${whose}`];
  const out = ['-out', path, '-keyout', key];
  execFileSync(installed('openssl'), ['req', '-x509', ...of, ...whom, ...out], { stdio: 'ignore' });
  return path;
}

const [own, another, byAddress] = [
  certificate('own'),
  certificate('another'),
  certificate('address', 'IP:127.0.0.1'),
];
const password = 'geheim-wort';
const servers = new Map<string, TestServer>();

async function started(root: string): Promise<void> {
  const key = root.replace('.pem', '.key');
  // The server takes only a key that is its own and private.
  const { uid, gid } = statSync(join(inject('postgresFolder'), 'data'));
  chownSync(key, uid, gid);
  chmodSync(key, 0o600);
  const settings = { ssl: 'on', ssl_cert_file: root, ssl_key_file: key };
  const server = await startPostgres(settings, inject('postgresFolder'));
  servers.set(root, server);
  await server.query('postgres', 'CREATE DATABASE ledger');
}

const portOf = (root: string): number => servers.get(root)?.port ?? 0;

beforeAll(async () => {
  chmodSync(folder, 0o755);
  await Promise.all([own, byAddress].map(started));
}, 60_000);
afterAll(() => Promise.all([...servers.values()].map((server) => server.remove())));

function place(host: string, port: number, settings: string): string {
  return `postgres://postgres:${password}@${host}:${port}/ledger?connections=2&${settings}`;
}

async function isEncrypted(ledger: Ledger): Promise<boolean> {
  const { rows } = await ledger.read((db) =>
    sql<{ ssl: boolean }>`SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`.execute(db),
  );
  return rows[0]?.ssl === true;
}

describe('a server that has a certificate', () => {
  test.each([
    ['localhost', 'sslmode=verify-full', own],
    ['localhost', '', own],
    ['127.0.0.1', 'sslmode=verify-full', byAddress],
    ['127.0.0.1', 'sslmode=verify-ca', own],
    ['127.0.0.1', 'sslmode=require', null],
  ])('is spoken to in secret: %s, %s', async (host, mode, root) => {
    const trusted = root === null ? '' : `&sslrootcert=${encodeURIComponent(root)}`;
    const warned = vi.spyOn(process, 'emitWarning');
    const ledger = await openLedger(place(host, portOf(root ?? own), `${mode}${trusted}`));
    onTestFinished(() => ledger.close());
    expect(await isEncrypted(ledger)).toBe(true);
    expect(warned).not.toHaveBeenCalled();
  });

  test.each([
    ['by another name', '127.0.0.1', 'sslmode=verify-full', own],
    ['by an address alone', 'localhost', 'sslmode=verify-full', byAddress],
    ['of another authority', 'localhost', 'sslmode=verify-full', another],
    ['of another authority', '127.0.0.1', 'sslmode=verify-ca', another],
    ['of an authority that nobody named', 'localhost', 'sslmode=verify-full', null],
  ])('%s is not believed: %s, %s', async (_what, host, mode, root) => {
    const trusted = root === null ? '' : `&sslrootcert=${encodeURIComponent(root)}`;
    const address = place(host, portOf(root === byAddress ? byAddress : own), `${mode}${trusted}`);
    const failure: unknown = await openLedger(address).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'configuration', code: 'ledger_not_trusted' });
    expect((failure as Error).message).not.toContain(password);
  });
});

test.each(['require', 'verify-ca', 'verify-full'])(
  'who stands in between and says that there is no TLS gets neither name nor password: %s',
  async (mode) => {
    let heard = Buffer.alloc(0);
    const between = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        heard = Buffer.concat([heard, bytes]);
        // This is how a server without TLS answers a request for TLS.
        socket.write('N');
      });
    }).listen(0, '127.0.0.1');
    await once(between, 'listening');
    onTestFinished(() => void between.close());
    const { port } = between.address() as AddressInfo;
    await expect(openLedger(place('127.0.0.1', port, `sslmode=${mode}`))).rejects.toMatchObject({
      code: 'ledger_not_trusted',
    });
    expect(heard.toString('latin1')).not.toMatch(/postgres|geheim|ledger/);
    expect(heard.length).toBeGreaterThan(0);
  },
);
