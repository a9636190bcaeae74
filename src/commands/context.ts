import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isatty } from 'node:tty';
import { environmentSwitch, isContinuousIntegration } from '../config/environment.ts';
import { loadSettings } from '../config/load-settings.ts';
import type { GlobalFlags, Settings } from '../config/settings.ts';
import type { WebhookCredentials } from '../config/webhook-credentials.ts';
import type { RunningSandbox } from '../sandbox/start.ts';
import { Failure } from '../failure.ts';
import type { Output } from '../terminal/output.ts';
import { registerSecret } from '../terminal/redact.ts';
import { reportError } from '../terminal/report.ts';
import { openOutput, type TerminalFlags } from '../terminal/open.ts';
import { listenForSignals } from './signals.ts';

/** What every command is given; the costly parts are made when first asked for. */
export interface CommandContext {
  readonly output: Output;
  /**
   * Aborted by the first SIGINT, SIGTERM or SIGHUP with a Failure of kind interrupted or terminated as reason. A second
   * SIGINT exits at once; the process exits in any case 9 s after the first.
   */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** Prompts are allowed: stdin and stderr, where they are shown, are a terminal, no `--no-input`, no CI. */
  readonly interactive: boolean;
  /** The global options as given, for commands that manage the configuration itself. */
  readonly flags: GlobalFlags;
  readonly env: NodeJS.ProcessEnv;
  /**
   * The settings, loaded once. With `--sandbox` the embedded sandbox is started and these are its settings.
   *
   * @throws Failure kind configuration or usage.
   */
  settings(): Promise<Settings>;
  /** The embedded sandbox, once `settings` was called. */
  sandbox(): RunningSandbox | null;
  close(): Promise<void>;
}

interface Embedded {
  settings: Settings;
  sandbox: RunningSandbox | null;
  close(): Promise<void>;
}

export function createContext(flags: GlobalFlags & TerminalFlags, env: NodeJS.ProcessEnv): CommandContext {
  const output = openOutput(flags, env);
  const signals = listenForSignals((reason) =>
    reportError(reason, {
      json: output.json,
      answered: output.answered,
      verbose: output.verbose,
      color: flags.color,
    }),
  );
  let loading: Promise<Embedded> | null = null;
  let sandbox: RunningSandbox | null = null;

  return {
    output,
    signal: signals.signal,
    clock: Date.now,
    interactive: isatty(0) && isatty(2) && flags.input !== false && !isContinuousIntegration(env),
    flags,
    env,
    async settings() {
      loading ??= wantsSandbox(flags, env) ? embed(flags, env) : load(flags, env);
      const loaded = await loading;
      sandbox = loaded.sandbox;
      return loaded.settings;
    },
    sandbox: () => sandbox,
    async close() {
      const loaded = await loading?.catch(() => null);
      await loaded?.close();
      // A closed terminal may hang up twice; the second time must not keep the sandbox's folder from being removed.
      signals.close();
    },
  };
}

/** By flag or environment. @throws Failure kind configuration when the variable is neither yes nor no */
export function wantsSandbox(flags: GlobalFlags, env: NodeJS.ProcessEnv): boolean {
  return flags.sandbox ?? environmentSwitch(env, 'GCSAT_SANDBOX');
}

async function load(flags: GlobalFlags, env: NodeJS.ProcessEnv): Promise<Embedded> {
  const settings = await loadSettings(flags, env);
  return { settings: keepSecret(settings), sandbox: null, close: () => Promise.resolve() };
}

/** A sandbox that lives as long as this command, with a ledger of its own. */
async function embed(flags: GlobalFlags, env: NodeJS.ProcessEnv): Promise<Embedded> {
  const { sandboxSettings, refuseAccountFlags } = await import('../config/sandbox-settings.ts');
  refuseAccountFlags(flags);
  const { startSandbox } = await import('../sandbox/start.ts');
  const directory = makeSandboxFolder();
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  // The folder must not outlive a process that is told to exit at once.
  process.once('exit', remove);
  const sandbox = await startSandbox();
  const close = async (): Promise<void> => {
    await sandbox.close();
    remove();
  };
  try {
    return { settings: await sandboxSettings(flags, env, sandbox, directory), sandbox, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function makeSandboxFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'gcsat-sandbox-'));
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new Failure(
      'configuration',
      'temporary_folder_unusable',
      `cannot make a folder for the sandbox in ${tmpdir()} (${reason})`,
      { hint: 'set TMPDIR to a folder that exists and can be written to', cause: error },
    );
  }
}

/** From here on nothing secret of these settings appears in any output. */
export function keepSecret(settings: Settings): Settings {
  let registered: WebhookCredentials | null = null;
  registerSecret(settings.token);
  registerSecret(Buffer.from(`${settings.email}:${settings.token}`).toString('base64'));
  for (const url of [settings.smtpUrl, settings.database]) registerSecret(passwordOf(url));
  return {
    ...settings,
    async surveySecret(options) {
      const secret = await settings.surveySecret(options);
      registerSecret(Buffer.from(secret).toString('utf8'));
      return secret;
    },
    async webhookCredentials() {
      const credentials = await settings.webhookCredentials();
      if (credentials !== registered) registerWebhookSecrets(credentials);
      registered = credentials;
      return credentials;
    },
  };
}

export function registerWebhookSecrets({ basic, headers, basicAlone = [] }: WebhookCredentials): void {
  for (const { user, password } of [...basic, ...basicAlone]) {
    registerSecret(password);
    registerSecret(Buffer.from(`${user}:${password}`).toString('base64'));
  }
  for (const { value } of headers) registerSecret(value);
}

/** Null where there is none. */
export function passwordOf(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null;
  return decodeURIComponent(new URL(url).password);
}
