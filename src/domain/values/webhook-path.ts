/** Where `serve` takes Gladly's events. */
export const webhookPath = '/webhooks/gladly';
