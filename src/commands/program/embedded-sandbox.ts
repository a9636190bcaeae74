import { rmSync } from 'node:fs';
import { refuseAccountFlags, sandboxSettings } from '../../config/sandbox-settings.ts';
import type { SettingSources } from '../../config/resolved-settings.ts';
import type { GlobalFlags, Settings } from '../../config/settings.ts';
import { startSandbox, type RunningSandbox } from '../../sandbox/start.ts';
import { makeSandboxFolder } from '../../workflow/context/sandbox-folder.ts';

export interface EmbeddedSandbox {
  readonly settings: Settings;
  readonly sandbox: RunningSandbox;
  close(): Promise<void>;
}

/** Starts a sandbox that lives as long as this command, with a ledger of its own. */
export async function embedSandbox(
  flags: GlobalFlags,
  env: NodeJS.ProcessEnv,
  more: Pick<SettingSources, 'overrides' | 'onSecret'>,
): Promise<EmbeddedSandbox> {
  refuseAccountFlags(flags);
  const directory = await makeSandboxFolder();
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  // The folder must not outlive a process that has to exit immediately.
  process.once('exit', remove);
  const sandbox = await startSandbox();
  const close = async (): Promise<void> => {
    await sandbox.close();
    remove();
  };
  try {
    return { settings: await sandboxSettings(flags, env, sandbox, directory, more), sandbox, close };
  } catch (error) {
    await close();
    throw error;
  }
}
