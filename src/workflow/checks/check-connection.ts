import type { Settings } from '../../config/settings.ts';
import { createDirectory, type Directory } from '../../gladly/directory.ts';
import { memoryLimiterStore } from '../../gladly/http/pacing.ts';
import { openDelivery } from '../context/open-delivery.ts';
import { openGladly, type Account, type ServiceContext } from '../context/services.ts';

export interface Connection {
  organization: { id: string | null; name: string | null; timezone: string | null };
  topicNames: string[];
}

/**
 * Asks Gladly which organization these credentials belong to. Needs no ledger, so it can run before anything is saved.
 *
 * @throws Failure kind credentials when Gladly refuses them, kind temporary when it cannot be reached.
 */
export async function checkConnection(
  settings: Account,
  { signal }: { signal: AbortSignal },
): Promise<Connection> {
  const { client } = openGladly(settings, serviceContextOf(signal), memoryLimiterStore());
  try {
    const [organization, topics] = await Promise.all([client.getOrganization(), client.getTopics()]);
    return { organization, topicNames: topics.flatMap(({ name }) => (name === null ? [] : [name])) };
  } finally {
    client.close();
  }
}

/** Gives `work` the directory of an account, before anything is saved. */
export async function withDirectory<Result>(
  account: Account,
  signal: AbortSignal,
  work: (directory: Directory) => Promise<Result>,
): Promise<Result> {
  const context = serviceContextOf(signal);
  const { client } = openGladly(account, context, memoryLimiterStore());
  const cache = { read: () => Promise.resolve(null), write: () => Promise.resolve() };
  try {
    return await work(createDirectory({ client, cache, clock: context.clock }));
  } finally {
    client.close();
  }
}

/**
 * Opens the delivery and closes it, without requesting or sending anything.
 *
 * @throws Failure as `openDelivery`
 */
export async function checkDelivery(settings: Settings, { signal }: { signal: AbortSignal }): Promise<void> {
  const { client } = openGladly(settings, serviceContextOf(signal), memoryLimiterStore());
  try {
    const provider = await openDelivery(settings, client, Date.now, signal);
    await provider.close();
  } finally {
    client.close();
  }
}

export function serviceContextOf(signal: AbortSignal): ServiceContext {
  return { signal, clock: Date.now, priority: 'interactive', debug: () => undefined };
}
