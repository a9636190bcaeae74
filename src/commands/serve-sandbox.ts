import { randomBytes } from 'node:crypto';
import { formatPolicyValue } from '../config/policy.ts';
import type { Settings } from '../config/settings.ts';
import type { WebhookCredentials } from '../config/webhook-credentials.ts';

/** What a newcomer can do with a server in its sandbox. */
export function firstSteps(
  sandbox: string,
  { brands, policy }: Pick<Settings, 'brands' | 'policy'>,
): string[] {
  const closing = (body: string): string[] => [
    `  curl -X POST ${sandbox}/_sandbox/conversations -H 'content-type: application/json' \\`,
    `    -d '${body}'`,
    '',
  ];
  const ofBrands = brands.flatMap(({ name, inboxes: [inbox] }) =>
    inbox === undefined
      ? []
      : [
          `One for the brand ${name}:`,
          ...closing(
            `{"customer": {"email": "you@${name}.example.org"}, "inbox": "${inbox}", "close": true}`,
          ),
        ],
  );
  const steps = [
    '',
    'Close a conversation of the sandbox:',
    ...closing('{"customer": {"email": "you@example.org"}, "close": true}'),
    ...ofBrands,
    ...ofPolicy(policy, closing),
    'Its survey is in the mailbox a moment later; answer it there:',
    `  ${sandbox}/_sandbox/mailbox/1.html`,
    '',
    'With one or two stars, the page asks for the reason, and your team gets an alert and a note:',
    `  ${sandbox}/_sandbox/alerts`,
    '',
  ];
  if (policy.reminderAfter !== null) {
    const after = formatPolicyValue('reminderAfter', policy);
    steps.push(`Without an answer, its reminder is in the mailbox after ${after}.`, '');
  }
  return [
    ...steps,
    'The mailbox, the customers, and what to try:',
    `  ${sandbox}/`,
    '',
    'Press Ctrl-C to stop.',
  ];
}

/** How to see each policy that is off by default but was set for the sandbox. */
function ofPolicy(
  { excludeClosedByRule, bulkClosings, maxPerHour }: Settings['policy'],
  closing: (body: string) => string[],
): string[] {
  const many = (count: number): string[] => closing(`{"count": ${count}, "close": true}`);
  return [
    ...(excludeClosedByRule
      ? [
          'One closed by a rule, so no survey is sent (closed_by_rule):',
          ...closing('{"closedBy": "rule", "close": true}'),
        ]
      : []),
    ...(bulkClosings === null
      ? []
      : [
          'Many at once, so no survey is sent (bulk_closed). Each closing is decided after two minutes:',
          ...many(bulkClosings + 1),
        ]),
    ...(maxPerHour === null
      ? []
      : [`Two more than the ${maxPerHour} surveys allowed per hour:`, ...many(maxPerHour + 2)]),
  ];
}

/** Credentials for the sandbox's webhook; they live as long as the sandbox. */
export function sandboxCredentials(): WebhookCredentials {
  return { basic: [{ user: 'gcsat', password: randomBytes(24).toString('base64url') }], headers: [] };
}
