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

/** What every command gets; the expensive parts are made when first needed. */
export interface CommandContext {
  readonly output: Output;
  /**
   * Aborted by the first SIGINT, SIGTERM or SIGHUP, with a Failure of kind interrupted or terminated as its reason. A
   * second SIGINT exits at once; in any case the process exits 9 s after the first signal.
   */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** The clock's time as an ISO-8601 text. */
  readonly now: () => string;
  /** Whether prompts are allowed: stdin and stderr are a terminal, and neither `--no-input` nor CI is set. */
  readonly interactive: boolean;
  /** The global options as given, for commands that manage the configuration itself. */
  readonly flags: GlobalFlags;
  readonly env: NodeJS.ProcessEnv;
  /**
   * Whether `--sandbox` or GCSAT_SANDBOX is set.
   *
   * @throws Failure kind configuration if the variable is neither yes nor no
   */
  readonly wantsSandbox: () => boolean;
  /**
   * The settings, loaded once. With `--sandbox` this starts the embedded sandbox and returns its settings.
   *
   * @param overrides only in the first call
   * @throws Failure kind configuration or usage.
   */
  readonly settings: (overrides?: SettingOverrides) => Promise<Settings>;
  /** The embedded sandbox, once `settings` has been called. */
  readonly sandbox: () => RunningSandbox | null;
  /** Opens what the workflow needs, until the work is done. */
  readonly withServices: <Result>(
    priority: ServiceContext['priority'],
    work: (services: Services) => Promise<Result>,
    options?: Pick<Partial<ServiceContext>, 'debug' | 'readOnly'> & { warnsOfPause?: boolean },
  ) => Promise<Result>;
  /**
   * Opens only the ledger, without a token or the network, until the work is done. A ledger that is named but does
   * not exist is refused; the default ledger is created only if the command writes.
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

/** The settings that are known without an account. */
type SettingsWithoutAccount = Pick<
  Settings,
  'policy' | 'brand' | 'delivery' | 'from' | 'smtpUrl' | 'publicUrl' | 'medallia'
>;

interface Loaded {
  readonly settings: Settings;
  readonly sandbox: RunningSandbox | null;
  close?(): Promise<void>;
}

/** Called by every command that opens a ledger, so that users know why nothing leaves. */
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
  /** Asks Gladly whether the ledger belongs to another organization; an unanswered request refuses nothing. */
  const refuseOtherOrganization = async (): Promise<void> => {
    try {
      const { openServices } = await import('../../workflow/context/services.ts');
      const debug = (text: string): void => output.debug(text);
      const around = { signal, clock, priority: 'interactive', debug, readOnly: true } as const;
      await (await openServices(await settings(), around)).close();
    } catch (error) {
      if (error instanceof Failure && error.code === 'ledger_of_other_organization') throw error;
      output.debug('could not ask Gladly which organization this is');
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
      // A closed terminal may send SIGHUP twice; the second one must not prevent the removal of the sandbox's folder.
      signals.close();
    },
  };
}
