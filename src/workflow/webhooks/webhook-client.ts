import type { Settings } from '../../config/settings.ts';
import type { GladlyClient } from '../../gladly/client.ts';
import { memoryLimiterStore } from '../../gladly/http/pacing.ts';
import { openGladly, type Surroundings } from '../context/services.ts';

export async function withClient<Result>(
  settings: Settings,
  surroundings: Surroundings,
  work: (client: GladlyClient) => Promise<Result>,
): Promise<Result> {
  const { client } = openGladly(settings, surroundings, memoryLimiterStore());
  try {
    return await work(client);
  } finally {
    client.close();
  }
}
