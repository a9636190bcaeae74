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
          `One of the brand ${name}:`,
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
    'With one or two stars, it asks for the reason, and your team is told by an alert and a note:',
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
          'One that a rule closes, so that nobody is asked (closed_by_rule):',
          ...closing('{"closedBy": "rule", "close": true}'),
        ]
      : []),
    ...(bulkClosings === null
      ? []
      : [
          'Many at once, so that nobody is asked (bulk_closed). Every closing is decided after two minutes:',
          ...many(bulkClosings + 1),
        ]),
    ...(maxPerHour === null
      ? []
      : [
          `Two more than may be asked about within an hour, which is ${maxPerHour}:`,
          ...many(maxPerHour + 2),
        ]),
  ];
}

/** Credentials for the sandbox's webhook; they live as long as the sandbox. */
export function sandboxCredentials(): WebhookCredentials {
  return { basic: [{ user: 'gcsat', password: randomBytes(24).toString('base64url') }], headers: [] };
}
