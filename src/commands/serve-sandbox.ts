import { randomBytes } from 'node:crypto';
import type { Settings } from '../config/settings.ts';
import { registerWebhookSecrets } from './context.ts';

/** What a newcomer can do with the whole loop. */
export function firstSteps(sandbox: string): string[] {
  return [
    '',
    'Close a conversation of the sandbox:',
    `  curl -X POST ${sandbox}/_sandbox/conversations -H 'content-type: application/json' \\`,
    `    -d '{"customer": {"email": "you@example.org"}, "close": true}'`,
    '',
    'Its survey is in the mailbox a moment later; answer it there:',
    `  ${sandbox}/_sandbox/mailbox/1.html`,
    '',
    'Press Ctrl-C to stop.',
  ];
}

/** The sandbox's webhook gets credentials that live as long as it. */
export function expectSandbox(settings: Settings): void {
  const credentials = {
    basic: [{ user: 'gcsat', password: randomBytes(24).toString('base64url') }],
    headers: [],
  };
  registerWebhookSecrets(credentials);
  settings.webhookCredentials = () => Promise.resolve(credentials);
}
