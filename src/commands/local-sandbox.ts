import { rmSync } from 'node:fs';
import { Failure } from '../failure.ts';
import type { Faults } from '../sandbox/faults.ts';
import { windowKinds, type WindowKind } from '../sandbox/rate-limits.ts';
import { startSandbox, type RunningSandbox, type SandboxOptions } from '../sandbox/start.ts';
import { flow } from '../terminal/narrow.ts';
import { untilAborted } from './program/signals.ts';
import { wholeNumber } from './program/whole-number.ts';
import { sandboxTime, type SandboxTime } from './sandbox-time.ts';

/** The flags of `gcsat sandbox` as typed. */
export interface SandboxCommandOptions {
  port?: string | undefined;
  seed?: string | undefined;
  size?: string | undefined;
  /** Milliseconds. */
  latency?: string | undefined;
  /** Milliseconds. */
  jitter?: string | undefined;
  rateLimitPercent?: string | undefined;
  errorPercent?: string | undefined;
  resetPercent?: string | undefined;
  cutPercent?: string | undefined;
  hangPercent?: string | undefined;
  window?: string | undefined;
  history?: boolean | undefined;
}

/** How to reach a sandbox, for a script. Fields may be added, never renamed or removed. */
export interface SandboxDocument {
  origin: string;
  email: string;
  token: string;
  fromAddress: string;
  fromNumber: string;
  medallia: { url: string; apiKey: string; testKey: string; apiSecret: string };
  traps: readonly { name: string; conversationId: string; what: string }[];
  /** With a history: where its ledger and the key of its links are. */
  history: { dataDir: string; database: string } | null;
}

interface Terminal {
  /** Called once, as soon as the sandbox listens and its history is complete. */
  print(document: SandboxDocument, human: () => string): void;
  readonly progress: (text: string) => { update(text: string): void; stop(): void };
  env: NodeJS.ProcessEnv;
  columns: number;
  signal: AbortSignal;
}

/** The controls of a running sandbox; the introduction lists them. */
export const sandboxControls: readonly string[] = [
  'GET  /_sandbox/mailbox                    messages that would have been sent (JSON)',
  'GET  /_sandbox/mailbox/1.html             the first message, as the customer sees it',
  'GET  /_sandbox/requests                   the last 10,000 requests: time, method, path, status',
  'GET  /_sandbox/customers/ID.html          a customer’s timeline with the cards; without .html as JSON',
  'PUT  /_sandbox/faults                     {"latencyMs", "rateLimitPercent", "serverErrorPercent", "resetPercent", ...}',
  'GET  /_sandbox/conversations?trap=NAME    special conversations, with the agent who actually answered last',
  'GET  /_sandbox/conversations/ID           the same for any conversation',
  'POST /_sandbox/conversations              a new one: {"customer": {"email"}, "channel", "messages": [{"from", "text"}], "close": true}',
  'POST /_sandbox/conversations              {"count": 100, "close": true}: many at once, each from a new customer; {"closedBy": "rule"}',
  'POST /_sandbox/conversations/ID/close     closes it and shows the event that a webhook gets; also /reopen',
  'GET  /_sandbox/alerts                     the low-rating alerts received, with their signatures',
  'GET  /_sandbox/medallia                   what Agent Connect has: its rows, employees, and unsubscribed addresses',
  'POST /_sandbox/medallia/answers           a customer answers there: {"interactionId", "rating", "comment", "resolved"}',
  'PUT  /_sandbox/medallia/employees         {"email", "state": "deactivated"}: changes a profile there; also /unsubscribed {"email"}',
  'GET  /_sandbox/webhooks                   the webhooks, and what is waiting to be sent to them',
  'PUT  /_sandbox/webhooks                   {"speed": 60}: their retries come that many times faster; {"delaysSeconds", "answerSeconds"}',
  'GET  /_sandbox/webhooks/deliveries        what was sent to them: event, attempt, status, time',
  'POST /_sandbox/webhooks/retry-now         immediately sends what is waiting for its next try',
];

/** The column in which the description begins in each of them. */
const controlWidth = 42;

/** The special conversations that the introduction names. */
const shownTraps = [
  'three_agents',
  'closed_twice',
  'reopened',
  'opt_out_child_topic',
  'call_inbound_answered',
  'merged_customer',
  'truncated',
  'hostile_name',
];

/** Serves a local Gladly until the signal aborts. @throws Failure kind usage for a bad value or a port in use */
export async function runSandbox(options: SandboxCommandOptions, terminal: Terminal): Promise<void> {
  const time = sandboxTime();
  const size = options.history === true ? { size: sizeOfHistory } : {};
  const own = { ...size, ...sandboxOptions(options), clock: time.now };
  const sandbox = await started({ ...own, limits: { ...own.limits, clock: time.limits } }, options.port);
  try {
    const { origin, email, token, fromAddress, fromNumber, traps } = sandbox;
    const medallia = { url: origin, ...sandbox.medallia };
    const history = options.history === true ? await makeHistory(sandbox, time, terminal) : null;
    terminal.print({ origin, email, token, fromAddress, fromNumber, medallia, traps, history }, () =>
      introduction(sandbox, history, terminal.columns).join('\n'),
    );
    await untilAborted(terminal.signal);
  } finally {
    await sandbox.close();
  }
}

/** The number of conversations with a history: the sandbox's usual number would take minutes. */
const sizeOfHistory = 600;

/** The folder is removed when this process exits. */
async function makeHistory(
  sandbox: RunningSandbox,
  time: SandboxTime,
  { env, signal, progress }: Terminal,
): Promise<NonNullable<SandboxDocument['history']>> {
  const { makeSandboxFolder } = await import('../workflow/context/sandbox-folder.ts');
  const { tellHistory } = await import('./sandbox-history.ts');
  const dataDir = await makeSandboxFolder();
  process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
  const shown = progress('creating four weeks of surveys');
  const onProgress = (share: number): void =>
    shown.update(`creating four weeks of surveys, ${Math.round(share * 100)}%`);
  try {
    const database = await tellHistory({ sandbox, time, directory: dataDir, env, signal, onProgress });
    return { dataDir, database };
  } finally {
    shown.stop();
  }
}

function sandboxOptions(options: SandboxCommandOptions): SandboxOptions {
  const number = (flag: string, text: string | undefined, most: number): number | undefined =>
    text === undefined ? undefined : wholeNumber(flag, text, { most });
  const percent = (flag: string, text: string | undefined): number => number(flag, text, 100) ?? 0;
  const faults: Partial<Faults> = {
    latencyMs: number('--latency', options.latency, 600_000) ?? 0,
    jitterMs: number('--jitter', options.jitter, 600_000) ?? 0,
    rateLimitPercent: percent('--rate-limit-percent', options.rateLimitPercent),
    serverErrorPercent: percent('--error-percent', options.errorPercent),
    resetPercent: percent('--reset-percent', options.resetPercent),
    cutPercent: percent('--cut-percent', options.cutPercent),
    hangPercent: percent('--hang-percent', options.hangPercent),
  };
  const port = number('--port', options.port, 65_535);
  const seed = number('--seed', options.seed, 4_294_967_295);
  const size = number('--size', options.size, 10_000_000);
  const window = windowKind(options.window);
  return {
    faults,
    ...(port === undefined ? {} : { port }),
    ...(seed === undefined ? {} : { seed }),
    ...(size === undefined ? {} : { size }),
    ...(window === undefined ? {} : { limits: { window } }),
  };
}

function windowKind(value: string | undefined): WindowKind | undefined {
  if (value === undefined) return undefined;
  const kind = windowKinds.find((one) => one === value);
  if (kind !== undefined) return kind;
  throw new Failure('usage', 'bad_value', `--window does not accept '${value}'`, {
    hint: `Give one of ${windowKinds.join(', ')}.`,
  });
}

async function started(
  options: SandboxOptions,
  port: SandboxCommandOptions['port'],
): Promise<RunningSandbox> {
  try {
    return await startSandbox(options);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const reason = code === 'EACCES' ? 'is not allowed for this user' : 'is in use';
    throw new Failure('usage', 'port_unavailable', `port ${port ?? 'any'} ${reason}`, {
      hint: 'Choose another --port, or leave it out for any free one.',
      cause: error,
    });
  }
}

function introduction(
  sandbox: RunningSandbox,
  history: SandboxDocument['history'],
  columns: number,
): string[] {
  const width = Math.max(...shownTraps.map((name) => name.length));
  const traps = shownTraps.flatMap((name) => {
    const trap = sandbox.traps.find((one) => one.name === name);
    return trap === undefined
      ? []
      : hanging(`  ${name.padEnd(width)}  ${trap.conversationId}  `, trap.what, columns);
  });
  const surveyed = sandbox.traps.find(({ name }) => name === 'three_agents')?.conversationId ?? '';
  return [
    `${sandbox.organizationName}, a local Gladly, at ${sandbox.origin}`,
    'Open it in a browser: mailbox, customers, and what to try.',
    '',
    'To use it from another terminal:',
    `  export GCSAT_DOMAIN=${sandbox.origin}`,
    `  export GCSAT_EMAIL=${sandbox.email}`,
    `  export GCSAT_TOKEN=${sandbox.token}`,
    '  export GCSAT_DELIVERY=gladly-email',
    `  export GCSAT_FROM=${sandbox.fromAddress}`,
    '  export GCSAT_PUBLIC_URL=http://localhost:8080',
    ...(history === null
      ? []
      : [`  export GCSAT_DATA_DIR=${history.dataDir}`, `  export GCSAT_DATABASE_URL=${history.database}`]),
    '',
    `Medallia Agent Connect also answers there. \`gcsat replay ${surveyed}\` has it send the survey with:`,
    `  GCSAT_DELIVERY=medallia GCSAT_MEDALLIA_URL=${sandbox.origin} \\`,
    `    GCSAT_MEDALLIA_API_KEY=${sandbox.medallia.apiKey} GCSAT_MEDALLIA_API_SECRET=${sandbox.medallia.apiSecret}`,
    '',
    'Conversations worth looking at, e.g. with `gcsat attribute`:',
    ...traps,
    '',
    'Behind the scenes:',
    ...sandboxControls.flatMap((line) =>
      hanging(`  ${line.slice(0, controlWidth)}`, line.slice(controlWidth), columns),
    ),
    '',
    'Press Ctrl-C to stop.',
  ];
}

/** A name with its description beside it or, if that leaves little room, below it. */
function hanging(name: string, description: string, columns: number): string[] {
  const isBeside = columns - name.length >= 30;
  const indent = isBeside ? name.length : 6;
  const lines = flow(description, columns - indent).map((line) => ' '.repeat(indent) + line);
  if (!isBeside) return [name.trimEnd(), ...lines];
  return [name + (lines[0] ?? '').slice(indent), ...lines.slice(1)];
}
