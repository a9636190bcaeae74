import { controlAlertRoutes } from './control-alerts.ts';
import { controlConversationRoutes } from './control-conversations.ts';
import { controlCustomerRoutes } from './control-customers.ts';
import { controlMedalliaRoutes } from './control-medallia.ts';
import { controlWebhookRoutes } from './control-webhooks.ts';
import { customerPageHeaders, escaped } from './customer-page.ts';
import { problem } from './errors.ts';
import { jsonBody, type Route } from './exchange.ts';
import { readFaults } from './faults.ts';
import { frontPage, messagePage } from './front-page.ts';
import { refuse } from './reply.ts';
import type { Sandbox } from './server.ts';
import { organizationName } from './world/organization.ts';

/** A one-pixel picture that stands in for every attachment. */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** For people and tests, not part of Gladly: mailbox, request log, faults, conversations, webhooks. */
export const controlRoutes: readonly Route<Sandbox>[] = [
  {
    method: 'GET',
    pattern: '/',
    handle: ({ world, alerts }) => ({
      status: 200,
      headers: customerPageHeaders,
      body: frontPage(world, alerts.entries(), organizationName),
    }),
  },
  {
    method: 'GET',
    pattern: '/_sandbox/messages/:file',
    handle: ({ world }, _request, { file = '' }) => {
      const number = /^(\d+)\.html$/.exec(file)?.[1];
      const message = number === undefined ? undefined : world.mailbox.numbered(Number(number));
      if (message === undefined) return { status: 404 };
      return { status: 200, headers: customerPageHeaders, body: messagePage(message) };
    },
  },
  {
    method: 'GET',
    pattern: '/_sandbox/mailbox',
    handle: ({ world }) => ({ status: 200, json: world.mailbox.messages() }),
  },
  {
    method: 'GET',
    pattern: '/_sandbox/mailbox/:file',
    handle: ({ world }, _request, { file = '' }) => {
      const match = /^(\d+)\.html$/.exec(file);
      const message = match === null ? undefined : world.mailbox.numbered(Number(match[1]));
      if (message === undefined) return { status: 404 };
      return {
        status: 200,
        headers: {
          'Content-Type': 'text/html; charset=utf-8',
          // A stranger's mail must not run scripts in the reader's browser.
          'Content-Security-Policy': "script-src 'none'",
        },
        body: message.html ?? `<pre>${escaped(message.text ?? '')}</pre>`,
      };
    },
  },
  {
    method: 'GET',
    pattern: '/_sandbox/requests',
    handle: ({ log }) => ({ status: 200, json: log.entries() }),
  },
  {
    method: 'PUT',
    pattern: '/_sandbox/faults',
    handle: (sandbox, request) => {
      const faults = readFaults(jsonBody(request));
      if (typeof faults === 'string') return refuse(400, problem('invalid', faults));
      sandbox.faults = { ...sandbox.faults, ...faults };
      return { status: 200, json: sandbox.faults };
    },
  },
  {
    method: 'GET',
    pattern: '/_sandbox/attachments/:attachmentId',
    handle: () => ({ status: 200, headers: { 'Content-Type': 'image/png' }, body: picture }),
  },
  ...controlAlertRoutes,
  ...controlConversationRoutes,
  ...controlCustomerRoutes,
  ...controlMedalliaRoutes,
  ...controlWebhookRoutes,
];
