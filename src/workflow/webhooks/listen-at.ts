import { surveyEvents } from '../../gladly/resources/webhooks.ts';
import type { Services } from '../context/services.ts';

/** Has the embedded sandbox send its events to the URL. The sandbox ends with this process, so nothing is stored. */
export async function listenAt({ client, settings }: Services, url: string): Promise<void> {
  const [pair] = (await settings.webhookCredentials()).basic;
  if (pair === undefined) throw new Error('there are no credentials for the webhook');
  const credentials = { username: pair.user, password: pair.password };
  const { id } = await client.createWebhook({ name: 'gcsat', url, events: [...surveyEvents], credentials });
  await client.updateWebhook(id, { enabled: true });
}
