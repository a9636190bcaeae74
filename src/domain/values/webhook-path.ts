/** The path at which `serve` receives Gladly's events. */
export const webhookPath = '/webhooks/gladly';
