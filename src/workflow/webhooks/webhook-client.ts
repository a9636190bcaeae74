import type { Settings } from '../../config/settings.ts';
import type { GladlyClient } from '../../gladly/client.ts';
import { memoryLimiterStore } from '../../gladly/http/pacing.ts';
import { openGladly, type ServiceContext } from '../context/services.ts';

export async function withClient<Result>(
  settings: Settings,
  context: ServiceContext,
  work: (client: GladlyClient) => Promise<Result>,
): Promise<Result> {
  const { client } = openGladly(settings, context, memoryLimiterStore());
  try {
    return await work(client);
  } finally {
    client.close();
  }
}
