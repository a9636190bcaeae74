import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request as forward, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, vi } from 'vitest';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start.ts';
import { mailServer, type MailServer } from '../support/mail-server.ts';
import { start, temporaryFolder } from '../support/run.ts';

/** Every secret that an operator gives, so odd that a match can only come from here. */
export const secrets = {
  token: 'CanaryTokenQ7vXw2LpZ',
  // A URL has to escape some of these characters.
  smtpPassword: 'Canary/SmtpH3k@Rt9Yb',
  webhookPassword: 'CanaryHookN5mJd8Uc',
  previousPassword: 'CanaryPastT6gFs4Ea',
  headerValue: 'CanaryHeadB2nKy7Wo',
  surveySecret: 'CanarySignV9xCq3IrCanarySignV9xCq3Ir',
  alertKey: 'CanaryAlertW4jPu6Mz24bytes',
  alertPath: '/services/CanaryPlaceK8dRf2Qs',
  medalliaKey: 'CanaryStellaX4bTn7Lw',
  medalliaSecret: 'CanaryConnectG2pVd9Km',
};

/** A customer whose every trait is just as odd. */
export const person = {
  name: 'Zyxwina Canarsky',
  email: 'zyxwina.canarsky@example.org',
  phone: '+15555550142',
  words: 'my velvet tuba arrived in pieces',
  comment: 'a marmalade zeppelin came instead',
  wish: 'send a purple harpsichord',
};

const personal = ['zyxwina', 'canarsky', '5555550142', 'velvet tuba', 'marmalade', 'harpsichord'];
/** The person’s name. */
export const named = ['zyxwina', 'canarsky'];
const account = 'survey.bot@acme.example';

/** The ways in which text can hide in other text: as it is, escaped, in hexadecimal, anywhere in base64. */
export function disguises(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // The characters at both ends depend on what is next to the secret.
    return text.slice(before === 0 ? 0 : before + 1, (before + bytes.length) % 3 === 0 ? undefined : -1);
  });
  const base64url = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  const escaped = [encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
  return [...new Set([secret, ...escaped, bytes.toString('hex'), ...base64, ...base64url])];
}

/** The names of the secrets that occur anywhere in the text. */
export function secretsIn(haystack: string | Buffer, all: Record<string, string> = secrets): string[] {
  return Object.entries(all)
    .filter(([, secret]) => disguises(secret).some((form) => haystack.includes(form)))
    .map(([name]) => name);
}

/** The traits of the person that occur in the text, in upper or lower case and however a URL escapes them. */
export function personIn(haystack: string | Buffer): string[] {
  const text = haystack.toString('latin1').toLowerCase();
  const plain = text.replaceAll(/\+|%20/g, ' ').replaceAll('%40', '@');
  return personal.filter((trait) => text.includes(trait) || plain.includes(trait));
}

interface Asked {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** How Gladly feels. When it refuses something, it repeats what it was sent, as careless servers do. */
export type Mood = 'well' | { status: number; type?: string; only?: RegExp };

export interface CanaryGladly {
  origin: string;
  asked: Asked[];
  mood: Mood;
}

/** The sandbox behind the canary’s own credentials, with a customer who also has a phone number. */
async function canaryGladly(sandbox: RunningSandbox, mood: Mood): Promise<CanaryGladly> {
  const basic = (user: string, password: string): string =>
    `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const gladly: CanaryGladly = { origin: '', asked: [], mood };
  const answer = async (
    incoming: IncomingMessage,
  ): Promise<{ status: number; type: string; body: string }> => {
    let body = '';
    for await (const chunk of incoming.setEncoding('utf8')) body += String(chunk);
    const { method = '', url = '', headers } = incoming;
    gladly.asked.push({ method, url, headers, body });
    const { mood: now } = gladly;
    const isRight = headers.authorization === basic(account, secrets.token);
    if (!isRight || (now !== 'well' && (now.only?.test(`${method} ${url}`) ?? true))) {
      const detail = `${secrets.token}, Authorization: ${headers.authorization ?? ''}, ${body}`;
      const type = (now !== 'well' && now.type) || 'application/json';
      const text = JSON.stringify({ errors: [{ attr: 'request', code: 'invalid', detail }] });
      return { status: now === 'well' ? 401 : now.status, type, body: type.endsWith('json') ? text : detail };
    }
    const target = new URL(url, sandbox.origin);
    const upstream = forward(target, {
      method,
      headers: { ...headers, host: target.host, authorization: basic(sandbox.email, sandbox.token) },
    });
    upstream.end(body);
    const [response] = (await once(upstream, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
    if (text.includes(person.email) && /^\/api\/v1\/customer-profiles\/[^/]+$/.test(url)) {
      const phones = [{ normalized: person.phone, original: person.phone, type: 'MOBILE' }];
      text = JSON.stringify({ ...(JSON.parse(text) as object), phones });
    }
    const type = response.headers['content-type'] ?? 'text/plain';
    return { status: response.statusCode ?? 500, type, body: text };
  };
  const server = createServer((incoming, outgoing) => {
    answer(incoming).then(
      ({ status, type, body }) => outgoing.writeHead(status, { 'content-type': type }).end(body),
      () => outgoing.destroy(),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  gladly.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return gladly;
}

export interface Ran {
  args: readonly string[];
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningServer {
  origin: string;
  stderr: () => string;
  /** The environment that the process was given, as other programs of its user can read it. */
  environment: Buffer;
  stop(): Promise<number | null>;
}

export interface Canary {
  gladly: CanaryGladly;
  /** The address and the number from which Gladly sends messages. */
  from: { address: string; number: string };
  mail: MailServer;
  folder: string;
  env: Record<string, string>;
  /** All programs that ran so far, servers included. */
  ran: Ran[];
  run(args: readonly string[], env?: Record<string, string>, input?: string): Promise<Ran>;
  serve(env?: Record<string, string>): Promise<RunningServer>;
  /** A Gladly of the same organization in another mood. */
  inMood(mood: Mood): Promise<Record<string, string>>;
  /** The person writes, an agent answers and closes. */
  tell(): Promise<{ id: string; event: unknown }>;
  /** Everything that was written, by its path below the folder, except what the test provided. */
  files(): { path: string; mode: number; bytes: Buffer }[];
  /** Command lines of all processes, and of those that they started. */
  commandLines: Set<string>;
}

const given = 'given';

/** A new world, in which every secret is in a file that the program is pointed to. */
export async function createCanary(): Promise<Canary> {
  const sandbox = await startSandbox({ size: 0, limits: { requestsPerSecond: 1000 } });
  onTestFinished(() => sandbox.close());
  const gladly = await canaryGladly(sandbox, 'well');
  const mail = await mailServer({
    authOptional: false,
    allowInsecureAuth: true,
    onAuth({ username, password }, _, callback) {
      if (username === 'care' && password === secrets.smtpPassword) callback(null, { user: username });
      else callback(Object.assign(new Error(`no login with ${password ?? ''}`), { responseCode: 535 }));
    },
  });
  const folder = temporaryFolder();
  for (const name of [given, 'home', 'tmp']) mkdirSync(join(folder, name), { mode: 0o700 });
  const file = (name: string, text: string): string => {
    const path = join(folder, given, name);
    writeFileSync(path, `${text}\n`, { mode: 0o600 });
    return path;
  };
  const env: Record<string, string> = {
    GCSAT_DOMAIN: gladly.origin,
    GCSAT_EMAIL: account,
    GCSAT_TOKEN_FILE: file('token', secrets.token),
    GCSAT_DELIVERY: 'smtp',
    GCSAT_FROM: 'care@acme.example',
    GCSAT_SMTP_URL_FILE: file(
      'smtp-url',
      mail.url.replace('//', `//care:${encodeURIComponent(secrets.smtpPassword)}@`),
    ),
    GCSAT_SURVEY_SECRET_FILE: file('survey-secret', secrets.surveySecret),
    // Nothing listens there.
    GCSAT_ALERT_URL_FILE: file('alert-url', `http://127.0.0.1:1${secrets.alertPath}`),
    GCSAT_ALERT_SECRET_FILE: file(
      'alert-secret',
      `whsec_${Buffer.from(secrets.alertKey).toString('base64')}`,
    ),
    // It refuses these keys, so that messages about them are written.
    GCSAT_MEDALLIA_URL: gladly.origin,
    GCSAT_MEDALLIA_API_KEY_FILE: file('medallia-key', secrets.medalliaKey),
    GCSAT_MEDALLIA_API_SECRET_FILE: file('medallia-secret', secrets.medalliaSecret),
    GCSAT_PUBLIC_URL: 'https://csat.example.com',
    GCSAT_RATE_SHARE: '100',
    GCSAT_CONFIG_DIR: join(folder, 'config'),
    GCSAT_DATA_DIR: join(folder, 'data'),
    HOME: join(folder, 'home'),
    TMPDIR: join(folder, 'tmp'),
  };
  const webhook: Record<string, string> = {
    GCSAT_WEBHOOK_USER: 'gladly',
    GCSAT_WEBHOOK_PASSWORD_FILE: file('webhook', secrets.webhookPassword),
    GCSAT_WEBHOOK_PREVIOUS_PASSWORD_FILE: file('previous', secrets.previousPassword),
    GCSAT_WEBHOOK_HEADER_FILE: file('header', `X-Canary: ${secrets.headerValue}`),
  };
  const ran: Ran[] = [];
  const commandLines = new Set<string>();

  function begin(args: readonly string[], more: Record<string, string>) {
    const child = start(args, { env: { ...env, ...more } });
    const one: Ran = { args, code: null, stdout: '', stderr: '' };
    ran.push(one);
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => (one[name] += text));
    }
    const watching = setInterval(() => noteCommandLines(child.pid, commandLines), 20);
    const ended = once(child, 'close').then(([code]) => {
      clearInterval(watching);
      one.code = code as number | null;
      return one;
    });
    child.stdin.on('error', () => undefined);
    return { child, one, ended };
  }

  return {
    gladly,
    from: { address: sandbox.fromAddress, number: sandbox.fromNumber },
    mail,
    folder,
    env,
    ran,
    commandLines,
    run(args, more = {}, input = '') {
      const { child, ended } = begin(args, more);
      child.stdin.end(input);
      return ended;
    },
    async serve(more = webhook) {
      const { child, one, ended } = begin(['serve', '-v', '--json', '--port', '0'], more);
      const lines = createInterface({ input: child.stdout });
      const first = await Promise.race([once(lines, 'line'), ended]);
      if (!Array.isArray(first)) throw new Error(`serve ended: ${one.stderr}`);
      const { listening } = JSON.parse(String(first[0])) as { listening: string };
      return {
        origin: listening,
        stderr: () => one.stderr,
        environment: readFileSync(`/proc/${child.pid ?? ''}/environ`),
        async stop() {
          child.kill('SIGTERM');
          return (await ended).code;
        },
      };
    },
    inMood: async (mood) => ({ GCSAT_DOMAIN: (await canaryGladly(sandbox, mood)).origin }),
    async tell() {
      const response = await fetch(`${sandbox.origin}/_sandbox/conversations`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          customer: { name: person.name, email: person.email },
          messages: [
            { from: 'customer', text: person.words },
            { from: 'agent', text: 'I am sorry about that.' },
          ],
          close: true,
        }),
      });
      const told = (await response.json()) as { conversationId: string; lastEvent: unknown };
      return { id: told.conversationId, event: told.lastEvent };
    },
    files: () =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }))
        .filter(({ path }) => !relative(folder, path).startsWith(given))
        .flatMap(({ entry, path }) => {
          // A journal may be gone already.
          const found = statSync(path, { throwIfNoEntry: false });
          if (found === undefined) return [];
          const bytes = entry.isFile() ? readFileSync(path) : Buffer.alloc(0);
          return [{ path: relative(folder, path), mode: found.mode & 0o777, bytes }];
        }),
  };
}

/** Notes command lines as `ps` shows them. A process may be gone before it is looked at. */
function noteCommandLines(pid: number | undefined, found: Set<string>): void {
  const read = (path: string): string => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return '';
    }
  };
  const base = `/proc/${pid ?? ''}`;
  const line = read(`${base}/cmdline`);
  if (line !== '') found.add(line.replaceAll('\0', ' '));
  for (const child of read(`${base}/task/${pid ?? ''}/children`).split(' ')) {
    if (child !== '') noteCommandLines(Number(child), found);
  }
}

/** The only place where an operator's secrets belong: the profile. */
const profile = 'config/config.json';

/**
 * Expects what must hold whatever ran: nobody else learns a secret, and only those concerned learn about the person.
 * `quotable`: the traits of the person that errors may quote, in the words of the other side.
 */
export function expectDiscretion(
  canary: Canary,
  all: Record<string, string> = secrets,
  quotable: readonly string[] = [],
): void {
  const { ran, gladly, mail, commandLines } = canary;
  for (const { args, stdout, stderr } of ran) {
    expect(secretsIn(stdout, all), `stdout of ${args.join(' ')}\n${stdout}`).toEqual([]);
    expect(secretsIn(stderr, all), `stderr of ${args.join(' ')}\n${stderr}`).toEqual([]);
    const told = personIn(stderr).filter((trait) => !quotable.includes(trait));
    expect(told, `stderr of ${args.join(' ')}\n${stderr}`).toEqual([]);
    for (const address of [person.email, person.phone]) expect(stderr).not.toContain(address);
  }
  expect(commandLines.size).toBeGreaterThan(0);
  expect([...commandLines].flatMap((line) => secretsIn(line, all))).toEqual([]);

  for (const { path, mode, bytes } of canary.files()) {
    const isFolder = statSync(join(canary.folder, path)).isDirectory();
    expect(`${path} ${mode.toString(8)}`).toBe(`${path} ${isFolder ? '700' : '600'}`);
    expect(secretsIn(path, all)).toEqual([]);
    expect(personIn(path)).toEqual([]);
    if (path !== profile) expect(secretsIn(bytes, all), path).toEqual([]);
    else expect(personIn(bytes)).toEqual([]);
  }
  expect(readdirSync(join(canary.folder, 'tmp'))).toEqual([]);
  expect(readdirSync(join(canary.folder, 'home'))).toEqual([]);

  for (const { method, url, headers, body } of gladly.asked) {
    const { authorization, ...others } = headers;
    // The program asks without credentials whether Gladly or Agent Connect is there at all.
    const isProbe =
      authorization === undefined &&
      (url === '/api/v1/organization' || (url === '/v2/employees' && others['x-api-key'] === undefined));
    // Agent Connect gets its key in a header, and a token that is signed with the secret.
    const isAgentConnect = /^\/v[12]\//.test(url);
    const shown = isProbe || isAgentConnect ? [] : ['token'];
    expect(secretsIn(authorization ?? '', all), `${url} with ${authorization ?? 'nothing'}`).toEqual(shown);
    expect([...secretsIn(url, all), ...personIn(url)], url).toEqual([]);
    const head = JSON.stringify(others);
    expect([...secretsIn(head, all), ...personIn(head)], head).toEqual(
      isAgentConnect && !isProbe ? ['medalliaKey'] : [],
    );
    // Only requests about webhooks contain the credentials that a webhook must show.
    if (!/\/webhooks(?:\/|$)/.test(url)) expect(secretsIn(body, all), `${method} ${url}`).toEqual([]);
  }
  for (const { bytes } of mail.received) {
    expect(secretsIn(bytes, all)).toEqual([]);
    expect(personIn(bytes).filter((trait) => !named.includes(trait))).toEqual([]);
  }
}

/** Waits until the check passes, even on a machine that is busy with other things. */
export const patiently = (check: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 60_000, interval: 50 });
