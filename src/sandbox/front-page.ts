import { escaped, framed, pageOf, timeOf } from './customer-page.ts';
import type { ReceivedAlert } from './received-alert.ts';
import type { MailboxMessage } from './mailbox.ts';
import type { World } from './world/world.ts';

const mostShown = 50;

/** Where a person with a browser starts: what there is, and what to try. */
export function frontPage(world: World, alerts: readonly ReceivedAlert[], name: string): string {
  const messages = world.mailbox.messages().slice(-mostShown).reverse();
  const rows = messages.map(
    ({ number, to, subject, text, sentAt }) =>
      `<li><a href="/_sandbox/messages/${number}.html">${escaped(subject ?? text ?? 'no subject')}</a> to ${escaped(to)} ${timeOf(sentAt)}</li>`,
  );
  const alertRows = alerts
    .slice(-mostShown)
    .reverse()
    .map(({ at, body }) => `<li>${timeOf(at)} <code>${escaped(body)}</code></li>`);
  const traps = world.traps.map(
    ({ story, what }) =>
      `<li><a href="/_sandbox/customers/${encodeURIComponent(story.customerId)}.html">${escaped(what)}</a><br><code>gcsat attribute ${escaped(story.id)}</code></li>`,
  );
  return pageOf(
    name,
    `<h1>${escaped(name)}</h1><p>A local Gladly. Nothing leaves this machine.</p>
<h2>What to try</h2>
<ul><li>See who would get the rating, and why: <code>gcsat attribute ID</code></li>
<li>Send a survey: <code>gcsat replay ID</code>, then look in the mailbox below</li>
<li>Run <code>gcsat serve</code>: the stars in the emails then lead to the survey page</li>
<li>Answer, and look at the customer: the card is on the timeline. One or two stars also leave a note for the agent who follows up</li>
<li>Reminders and policies, one at a time: <code>GCSAT_SANDBOX_SET='reminderAfter=20s' gcsat serve --sandbox</code></li>
<li>Brands: <code>GCSAT_SANDBOX_BRANDS=1 gcsat serve --sandbox</code></li></ul>
<h2>Mailbox</h2>${rows.length === 0 ? '<p>No messages yet.</p>' : `<ul>${rows.join('\n')}</ul>`}
${alertRows.length === 0 ? '' : `<h2>Alerts about low ratings</h2><ul>${alertRows.join('\n')}</ul>`}
<h2>Customers worth a look</h2><ul>${traps.join('\n')}</ul>`,
  );
}

/** A message as its reader sees it, below its subject, addresses and links. */
export function messagePage(message: MailboxMessage): string {
  const { subject, from, to, customerId, html, text } = message;
  const survey = /https?:\/\/[^\s"<>]+\/s\/[^\s"<>?]+/.exec(html ?? text ?? '')?.[0];
  const origin = survey === undefined ? null : new URL(survey).origin;
  return pageOf(
    subject ?? 'SMS',
    `<p><a href="/">All messages</a> · <a href="/_sandbox/customers/${encodeURIComponent(customerId)}.html">The customer’s timeline</a></p>
<p><b>${escaped(subject ?? 'SMS')}</b><br>from ${escaped(from)} to ${escaped(to)}</p>
${origin === null ? '' : `<p>The links lead to ${escaped(origin)}, where <code>gcsat serve</code> shows the survey page while it runs.</p>`}
${framed(html, text)}`,
  );
}
