/**
 * Kills the program that it is loaded into (`node --import`) at one exact moment. It counts points before and after
 * every write to the ledger, its opening and its end, every file written, every request to another server, and every
 * answer of our own.
 *
 * FAILPOINT_AT: the number of the point at which the process kills itself (SIGKILL), or the beginning of its label, or
 * the whole label after `=`; ` @2` at the end means the second such point.
 * FAILPOINT_SIGNAL: SIGSTOP freezes the process there instead.
 * FAILPOINT_LOG: a file that gets the labels of all points when the process ends; the last one killed it, if one did.
 *
 * Only what Node and SQLite offer to everybody is wrapped, so the program under test is the one that is shipped.
 * Statements to PostgreSQL are read on their way into the socket: at the point "before", a statement has not left; at
 * the point "after", it has left, but its answer was not read. So a death after a COMMIT loses the answer to it.
 */
import { Buffer } from 'node:buffer';
import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import process from 'node:process';
import { URL } from 'node:url';
import { DatabaseSync } from '../../dist/sqlite/lib/index.mjs';

const [, wanted, times] = /^(.*?)(?: @(\d+))?$/.exec(process.env.FAILPOINT_AT ?? '');
const log = process.env.FAILPOINT_LOG;
const { writeFileSync } = fs;
const labels = [];
const databasePort = /^postgres/.test(process.env.GCSAT_DATABASE_URL ?? '')
  ? new URL(process.env.GCSAT_DATABASE_URL).port
  : null;
/** For PostgreSQL, by socket: how its statements are labeled, and the label of a statement that waits to leave. */
const conversations = new WeakMap();
let seen = 0;

/** Ids, ports and processes differ from run to run; the rest says what the point is. */
const withoutIds = (text) =>
  text
    .replace(/(?<=127\.0\.0\.1[_:])\d+/g, '…')
    .replace(/(?<=\.)\d+(?=\.partial)/g, '…')
    .replace(/(?=[\w-]*[0-9A-Z])[\w-]{16,}/g, '…');

function point(told) {
  const label = withoutIds(told);
  labels.push(label);
  if (wanted === '') return;
  const isNamed = wanted.startsWith('=') ? label === wanted.slice(1) : label.startsWith(wanted);
  if (isNamed) seen += 1;
  const isWanted = /^\d+$/.test(wanted)
    ? String(labels.length) === wanted
    : isNamed && seen === Number(times ?? 1);
  if (!isWanted) return;
  tellLabels();
  process.kill(process.pid, process.env.FAILPOINT_SIGNAL ?? 'SIGKILL');
}

function tellLabels() {
  if (log !== undefined) writeFileSync(log, labels.map((label, index) => `${index + 1} ${label}\n`).join(''));
}

/** Replaces a function with one that has a point before and a point after it; for a promise, after it is settled. */
function around(holder, name, labelOf) {
  const original = holder[name];
  holder[name] = function (...args) {
    const label = labelOf.call(this, ...args);
    if (label === null) return original.apply(this, args);
    point(`before ${label}`);
    const result = original.apply(this, args);
    if (!(result instanceof Promise)) {
      point(`after ${label}`);
      return result;
    }
    return result.then((value) => {
      point(`after ${label}`);
      return value;
    });
  };
}

wrapLedger();
wrapFiles();
wrapRequests();
wrapAnswers();
wrapOtherConnections();
syncBuiltinESMExports();

process.on('exit', tellLabels);

/**
 * Labels a connection's statements; null for statements that write nothing. A transaction that wrote nothing has no
 * points: a death within it leaves what a death before it leaves.
 */
function transactionLabels() {
  const writes =
    /^\s*(?:insert|update|delete|replace|begin|commit|rollback|create|alter|drop|vacuum|pragma (?:journal_mode|wal_checkpoint))\b/i;
  /** What the transaction has written so far, which labels its commit. */
  const written = new Set();
  let hasWritten = false;
  return (sql) => {
    if (typeof sql !== 'string' || !writes.test(sql)) return null;
    const words = sql.trim().replaceAll('"', '').split(/\s+/).slice(0, 3).join(' ').slice(0, 40);
    if (/^begin/i.test(words)) {
      written.clear();
      hasWritten = false;
      return null;
    }
    if (/^(?:commit|rollback)/i.test(words)) {
      const label = `ledger ${words.toUpperCase()} of ${[...written].sort().join(', ') || 'tables'}`;
      return hasWritten ? label : null;
    }
    hasWritten = true;
    if (/^(?:insert|update|delete)/i.test(words)) written.add(words);
    return `ledger ${words}`;
  };
}

function wrapLedger() {
  const labelOf = transactionLabels();
  // Methods of the native classes cannot be replaced, so their objects get methods of their own in front of those.
  const own = (methods, wrap) => {
    for (const name of wrap) {
      Object.defineProperty(methods, name, { value: methods[name], writable: true, configurable: true });
    }
    return methods;
  };
  const database = own(Object.create(DatabaseSync.prototype), ['exec', 'close', 'prepare']);
  around(database, 'exec', labelOf);
  around(database, 'close', () => 'ledger close');
  const { prepare } = database;
  database.prepare = function (sql) {
    const statement = own(prepare.call(this, sql), ['run', 'all', 'get']);
    for (const name of ['run', 'all', 'get']) around(statement, name, () => labelOf(sql));
    return statement;
  };
  DatabaseSync.prototype = database;
}

function wrapFiles() {
  const isWriting = (flags) => typeof flags === 'string' && /[wax+]/.test(flags);
  const last = (path) => String(path).split('/').at(-1);
  for (const name of ['rename', 'link', 'unlink', 'rm', 'writeFile']) {
    around(fsPromises, name, (path) => `file ${name} ${last(path)}`);
  }
  for (const name of [
    'renameSync',
    'linkSync',
    'unlinkSync',
    'rmSync',
    'writeFileSync',
    'chmodSync',
    'mkdirSync',
  ]) {
    around(fs, name, (path) => `file ${name} ${last(path)}`);
  }
  // The ledger's file is made with this flag. Other flags come from Node's own functions, which have their own points.
  around(fs, 'openSync', (path, flags) => (flags === 'a' ? `file open ${last(path)}` : null));
  const { open } = fsPromises;
  let wrapped = false;
  fsPromises.open = async (path, flags, ...rest) => {
    if (isWriting(flags)) point(`before file open ${last(path)}`);
    const handle = await open(path, flags, ...rest);
    if (!wrapped) {
      wrapped = true;
      const prototype = Object.getPrototypeOf(handle);
      for (const name of ['writeFile', 'write', 'sync']) around(prototype, name, () => `file ${name}`);
    }
    if (isWriting(flags)) point(`after file open ${last(path)}`);
    return handle;
  };
}

function wrapRequests() {
  for (const module of [http, https]) {
    const { request } = module;
    module.request = (...args) => {
      const { method, path } = describe(args);
      const label = `request ${method} ${path}`;
      point(`before ${label}`);
      const outgoing = request(...args);
      outgoing.prependOnceListener('finish', () => point(`written ${label}`));
      outgoing.prependOnceListener('response', (answer) => {
        point(`answered ${label}`);
        answer.prependOnceListener('end', () => point(`after ${label}`));
      });
      return outgoing;
    };
  }
}

function describe([target, options]) {
  const url = typeof target === 'string' || target instanceof URL ? new URL(target) : null;
  const given = url === null ? target : (options ?? {});
  // Ids are opaque and long; the collection says enough.
  return { method: given.method ?? 'GET', path: url?.pathname ?? String(given.path).split('?')[0] };
}

function wrapAnswers() {
  const { end } = http.ServerResponse.prototype;
  http.ServerResponse.prototype.end = function (...args) {
    const label = `answer ${this.req?.method} ${this.statusCode}`;
    point(`before ${label}`);
    this.prependOnceListener('finish', () => point(`after ${label}`));
    return end.apply(this, args);
  };
}

/** Wraps connections to mail servers and to PostgreSQL. */
function wrapOtherConnections() {
  const { write, push, uncork } = net.Socket.prototype;
  net.Socket.prototype.write = function (...args) {
    if (isDatabase(this)) return tellDatabase(this, args[0], () => write.apply(this, args));
    if (!isMail(this)) return write.apply(this, args);
    const label = `mail ${(/^[A-Za-z]+/.exec(textOf(args[0])) ?? ['data'])[0]}`;
    point(`before ${label}`);
    const result = write.apply(this, args);
    point(`after ${label}`);
    return result;
  };
  net.Socket.prototype.uncork = function () {
    uncork.call(this);
    const said = conversations.get(this);
    if (said === undefined || said.held === null) return;
    const label = said.held;
    said.held = null;
    point(`after ${label}`);
  };
  net.Socket.prototype.push = function (chunk, ...rest) {
    // Several replies may come in one chunk or separately.
    if (chunk !== null && isMail(this)) {
      for (const [reply] of textOf(chunk).matchAll(/^\d{3}(?= )/gm)) point(`mail reply ${reply}`);
    }
    return push.call(this, chunk, ...rest);
  };
}

function textOf(data) {
  return Buffer.from(data).toString('latin1');
}

function isDatabase({ remotePort }) {
  return remotePort !== undefined && String(remotePort) === databasePort;
}

/** Whether a socket is neither a side of an HTTP connection nor a pipe to the process that started us. */
function isMail(socket) {
  const isOther = !socket._httpMessage && !socket.parser && !socket.server;
  return socket.remotePort !== undefined && isOther && !isDatabase(socket);
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html: Query (Q) and Parse (P), which has a name first. */
function tellDatabase(socket, data, send) {
  const [, kind, sql] = /^([QP])[^]{4}([^]*?)\0/.exec(textOf(data).replace(/^(P[^]{4})\0/, '$1')) ?? [];
  if (kind === undefined) return send();
  let said = conversations.get(socket);
  if (said === undefined) conversations.set(socket, (said = { labelOf: transactionLabels(), held: null }));
  const label = said.labelOf(sql);
  if (label === null) return send();
  point(`before ${label}`);
  const result = send();
  // A corked statement leaves with the rest of its messages.
  if (socket.writableCorked > 0) said.held = label;
  else point(`after ${label}`);
  return result;
}
