import { randomBytes } from 'node:crypto';
import type { WebhookCredentials } from '../config/webhook-credentials.ts';

import type { BrandSettings } from '../config/settings.ts';

/** What a newcomer can do with a server and its sandbox. */
export function firstSteps(sandbox: string, brands: readonly BrandSettings[]): string[] {
  const ofBrands = brands.flatMap(({ name, inboxes: [inbox] }) =>
    inbox === undefined
      ? []
      : [
          `One of the brand ${name}:`,
          `  curl -X POST ${sandbox}/_sandbox/conversations -H 'content-type: application/json' \\`,
          `    -d '{"customer": {"email": "you@${name}.example.org"}, "inbox": "${inbox}", "close": true}'`,
          '',
        ],
  );
  return [
    '',
    'Close a conversation of the sandbox:',
    `  curl -X POST ${sandbox}/_sandbox/conversations -H 'content-type: application/json' \\`,
    `    -d '{"customer": {"email": "you@example.org"}, "close": true}'`,
    '',
    ...ofBrands,
    'Its survey is in the mailbox a moment later; answer it there:',
    `  ${sandbox}/_sandbox/mailbox/1.html`,
    '',
    'The mailbox, the customers, and what to try:',
    `  ${sandbox}/`,
    '',
    'Press Ctrl-C to stop.',
  ];
}

/** For the sandbox's webhook; they live as long as the sandbox. */
export function sandboxCredentials(): WebhookCredentials {
  return { basic: [{ user: 'gcsat', password: randomBytes(24).toString('base64url') }], headers: [] };
}
