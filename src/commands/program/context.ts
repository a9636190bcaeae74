import { isatty } from 'node:tty';
import {
  bareName,
  environmentSwitch,
  environmentText,
  fragileSecretWarning,
  isContinuousIntegration,
  knownVariables,
  trimProxyVariables,
  unknownVariables,
} from '../../config/environment.ts';
import { loadSettings } from '../../config/load-settings.ts';
import type { GlobalFlags, SettingOverrides, Settings } from '../../config/settings.ts';
import type { DeliveryName } from '../../domain/delivery.ts';
import { timeNow } from '../../domain/values/instant.ts';
import { Failure } from '../../failure.ts';
import type { RunningSandbox } from '../../sandbox/start.ts';
import { openOutput, type TerminalFlags } from '../../terminal/open.ts';
import type { Output } from '../../terminal/output.ts';
import { registerSecret } from '../../terminal/redact.ts';
import { reportError } from '../../terminal/report.ts';
import { suggest } from '../../terminal/suggest.ts';
import type { Services, ServiceContext } from '../../workflow/context/services.ts';
import type { LedgerPlace } from '../../workflow/context/open-ledger.ts';
import { listenForSignals } from './signals.ts';

/** What every command gets; the costly parts are made when first needed. */
export interface CommandContext {
  readonly output: Output;
  /**
   * Aborted by the first SIGINT, SIGTERM or SIGHUP, with a Failure of kind interrupted or terminated as its reason. A
   * second SIGINT exits at once; the process exits in any case 9 s after the first.
   */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** The clock's time as an ISO-8601 text. */
  readonly now: () => string;
  /** Prompts are allowed: stdin and stderr are a terminal, and neither `--no-input` nor CI is set. */
  readonly interactive: boolean;
  /** The global options as given, for commands that manage the configuration itself. */
  readonly flags: GlobalFlags;
  readonly env: NodeJS.ProcessEnv;
  /** `--sandbox` or GCSAT_SANDBOX. @throws Failure kind configuration when the variable is neither yes nor no */
  readonly wantsSandbox: () => boolean;
  /**
   * The settings, loaded once. With `--sandbox` this starts the embedded sandbox and returns its settings.
   *
   * @param overrides only in the first call
   * @throws Failure kind configuration or usage.
   */
  readonly settings: (overrides?: SettingOverrides) => Promise<Settings>;
  /** The embedded sandbox, once `settings` was called. */
  readonly sandbox: () => RunningSandbox | null;
  /** Opens what the workflow needs, until the work is done. */
  readonly withServices: <Result>(
    priority: ServiceContext['priority'],
    work: (services: Services) => Promise<Result>,
    options?: Pick<Partial<ServiceContext>, 'debug' | 'readOnly'> & { warnsOfPause?: boolean },
  ) => Promise<Result>;
  /**
   * Opens the ledger alone, without a token and without the network, until the work is done. One that is named and does
   * not exist is refused; the usual one is made only if the command writes.
   */
  readonly withLedger: <Result>(
    options: { writes: boolean; warnsOfPause?: boolean },
    work: (opened: {
      ledger: Services['ledger'];
      delivery: DeliveryName;
      policy: Settings['policy'];
      settings: SettingsWithoutAccount;
    }) => Promise<Result>,
  ) => Promise<Result>;
  readonly close: () => Promise<void>;
}

/** What can be said without knowing the account. */
type SettingsWithoutAccount = Pick<
  Settings,
  'policy' | 'brand' | 'delivery' | 'from' | 'smtpUrl' | 'publicUrl' | 'medallia'
>;

interface Loaded {
  readonly settings: Settings;
  readonly sandbox: RunningSandbox | null;
  close?(): Promise<void>;
}

/** In every command that opens a ledger, so that nobody wonders why nothing leaves. */
async function warnOfPause(output: Output, ledger: Services['ledger'], clock: () => number): Promise<void> {
  const { sendingPauseNow } = await import('../../workflow/operator/sending.ts');
  const pause = await sendingPauseNow(ledger, timeNow(clock));
  if (pause === null) return;
  const { pauseText } = await import('../../terminal/pause-view.ts');
  output.warn(pauseText(pause));
}

export function createContext(flags: GlobalFlags & TerminalFlags, env: NodeJS.ProcessEnv): CommandContext {
  const output = openOutput(flags, env, () => environmentText(env, 'GCSAT_LOG_LEVEL'));
  for (const name of unknownVariables(env)) {
    const bare = bareName(name);
    const meant = knownVariables.includes(bare) ? bare : suggest(bare, knownVariables);
    const shown = name === bare ? name : JSON.stringify(name);
    output.warn(`unknown variable ${shown}${meant === null ? '' : `; did you mean ${meant}?`}`);
  }
  const fragile = fragileSecretWarning(env);
  if (fragile !== null) output.warn(fragile);
  trimProxyVariables(env);
  const signals = listenForSignals(
    (reason) =>
      reportError(reason, {
        json: output.json,
        answered: output.answered,
        verbose: output.verbose,
        color: flags.color,
      }),
    () => sandbox === null || flags.database !== undefined,
  );
  const { signal } = signals;
  let ledgerNow = (): number | null => null;
  const clock = (): number => ledgerNow() ?? Date.now();
  const wantsSandbox = (): boolean => flags.sandbox ?? environmentSwitch(env, 'GCSAT_SANDBOX');
  let loading: Promise<Loaded> | null = null;
  let sandbox: RunningSandbox | null = null;

  const load = async (overrides: SettingOverrides | undefined): Promise<Loaded> => {
    const more = { overrides, onSecret: registerSecret };
    if (!wantsSandbox()) return { settings: await loadSettings(flags, env, more), sandbox: null };
    const { embedSandbox } = await import('./embedded-sandbox.ts');
    return embedSandbox(flags, env, more);
  };
  const settings: CommandContext['settings'] = async (overrides) => {
    if (loading !== null && overrides !== undefined) throw new Error('the settings are loaded already');
    loading ??= load(overrides);
    const loaded = await loading;
    ({ sandbox } = loaded);
    return loaded.settings;
  };
  /** Asking Gladly shows when the ledger is another organization's; a command that only reads asks nothing. */
  const refuseOtherOrganization = async (): Promise<void> => {
    try {
      const { openServices } = await import('../../workflow/context/services.ts');
      const debug = (text: string): void => output.debug(text);
      const around = { signal, clock, priority: 'interactive', debug, readOnly: true } as const;
      await (await openServices(await settings(), around)).close();
    } catch (error) {
      if (error instanceof Failure && error.code === 'ledger_of_other_organization') throw error;
      output.debug('Gladly could not be asked which organization this is');
    }
  };
  const ledgerPlace = async (): Promise<LedgerPlace & { settings: SettingsWithoutAccount }> => {
    const { placeOf } = await import('./ledger-place.ts');
    const { resolveSettings } = await import('../../config/resolve.ts');
    const known = wantsSandbox()
      ? await settings()
      : await resolveSettings({ flags, env, onSecret: registerSecret });
    return { ...placeOf(known), settings: known };
  };
  return {
    output,
    signal,
    clock,
    now: () => timeNow(clock),
    interactive: isatty(0) && isatty(2) && flags.input !== false && !isContinuousIntegration(env),
    flags,
    env,
    wantsSandbox,
    settings,
    sandbox: () => sandbox,
    async withServices(priority, work, { warnsOfPause: warns = true, ...options } = {}) {
      const loaded = await settings();
      const { openServices } = await import('../../workflow/context/services.ts');
      const debug = (text: string): void => output.debug(text);
      const services = await openServices(loaded, { signal, clock, priority, debug, ...options });
      ledgerNow = () => services.ledger.now();
      try {
        if (warns) await warnOfPause(output, services.ledger, clock);
        if (services.ledger.location === ':memory:' && loaded.database !== ':memory:') {
          output.warn('the ledger does not exist yet, so earlier surveys are unknown');
        }
        return await work(services);
      } finally {
        await services.close();
      }
    },
    async withLedger({ writes, warnsOfPause: warns = true }, work) {
      const place = await ledgerPlace();
      const { openLedgerAlone } = await import('../../workflow/context/open-ledger.ts');
      const { ledger, isElsewhere } = await openLedgerAlone(place, writes);
      ledgerNow = () => ledger.now();
      try {
        if (isElsewhere) await refuseOtherOrganization();
        if (warns) await warnOfPause(output, ledger, clock);
        const { delivery, settings: known } = place;
        return await work({ ledger, delivery, policy: known.policy, settings: known });
      } finally {
        await ledger.close();
      }
    },
    async close() {
      const loaded = await loading?.catch(() => null);
      await loaded?.close?.();
      // A closed terminal may hang up twice, and the second time must not keep the sandbox's folder.
      signals.close();
    },
  };
}
