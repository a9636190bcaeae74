import { isMobileNumber } from '../../domain/eligibility/addresses.ts';
import { isObject } from '../../domain/values/json.ts';
import { problem, type Problem } from '../errors.ts';
import { emailPattern } from '../email-address.ts';
import { jsonBody, type Route } from '../exchange.ts';
import type { MailboxMessage } from '../mailbox.ts';
import { refuse, type Reply } from '../reply.ts';
import { brands, fromAddress, fromNumber } from '../world/organization.ts';
import { withMillis } from '../time.ts';
import type { World } from '../world/world.ts';

/** Puts the message into the mailbox, and its item on the timeline of the customer with that address. */
function deliver(
  world: World,
  address: { email: string } | { phone: string },
  message: Pick<MailboxMessage, 'kind' | 'from' | 'to' | 'toName' | 'subject' | 'html' | 'text'>,
  content: Record<string, unknown>,
): Reply {
  const now = world.now();
  const customer = world.customers.findOrCreate(address, message.toName ?? undefined, now);
  const id = world.newId();
  world.looseItems.set(id, {
    readable: true,
    body: {
      id,
      customerId: customer.id,
      timestamp: withMillis(now),
      initiator: { id: world.setting.directory.apiUserId, type: 'API' },
      content,
    },
  });
  world.mailbox.put({ ...message, sentAt: withMillis(now), customerId: customer.id, conversationItemId: id });
  return { status: 200, json: { customerId: customer.id, conversationItemId: id } };
}

const senderAddresses: readonly unknown[] = [fromAddress, ...brands.map((brand) => brand.fromAddress)];
const senderNumbers: readonly unknown[] = [fromNumber, ...brands.map((brand) => brand.fromNumber)];

const optionalText = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

/** Messages to single customers. They go to the mailbox. */
export const communicationRoutes: readonly Route<World>[] = [
  {
    method: 'POST',
    pattern: '/api/v1/communications/email',
    handle: (world, request) => {
      const { to, from, subject, body } = jsonBody(request);
      const problems: Problem[] = [];
      const recipient: unknown = Array.isArray(to) ? to[0] : undefined;
      const email = isObject(recipient) ? recipient.email : undefined;
      if (to === undefined || (Array.isArray(to) && to.length === 0))
        problems.push(problem('blank', 'to cannot be blank', 'to'));
      else if (!Array.isArray(to)) problems.push(problem('invalid', 'to must be a list', 'to'));
      else if (to.length > 1) problems.push(problem('invalid', 'only one address is supported', 'to'));
      else if (typeof email !== 'string' || !emailPattern.test(email))
        problems.push(problem('invalid', 'to.email is not a valid address', 'to.email'));
      if (from === undefined) problems.push(problem('blank', 'from cannot be blank', 'from'));
      else if (!senderAddresses.includes(from))
        problems.push(problem('invalid', 'from is not a configured address of the organization', 'from'));
      if (typeof subject !== 'string' || subject === '')
        problems.push(problem('blank', 'subject cannot be blank', 'subject'));
      else if (subject.length >= 1000)
        problems.push(problem('too_long', 'subject must have fewer than 1000 characters', 'subject'));
      const html = isObject(body) ? optionalText(body.html) : null;
      const text = isObject(body) ? optionalText(body.text) : null;
      if (html === null && text === null) problems.push(problem('blank', 'body cannot be blank', 'body'));
      if (
        problems.length > 0 ||
        typeof email !== 'string' ||
        typeof subject !== 'string' ||
        typeof from !== 'string'
      )
        return refuse(400, ...problems);
      const toName = isObject(recipient) ? optionalText(recipient.name) : null;
      return deliver(
        world,
        { email },
        { kind: 'email', from, to: email, toName, subject, html, text },
        { type: 'EMAIL', from, to: [email], subject, content: text ?? html ?? '' },
      );
    },
  },
  {
    method: 'POST',
    pattern: '/api/v1/communications/sms',
    handle: (world, request) => {
      const { customer, from, body } = jsonBody(request);
      const problems: Problem[] = [];
      const mobileNumber = isObject(customer) ? customer.mobileNumber : undefined;
      if (mobileNumber === undefined)
        problems.push(problem('blank', 'mobileNumber cannot be blank', 'customer.mobileNumber'));
      else if (typeof mobileNumber !== 'string' || !isMobileNumber(mobileNumber))
        problems.push(problem('invalid', 'mobileNumber must be in E.164 format', 'customer.mobileNumber'));
      if (from === undefined) problems.push(problem('blank', 'from cannot be blank', 'from'));
      else if (!senderNumbers.includes(from))
        problems.push(problem('invalid', 'from is not a configured number of the organization', 'from'));
      if (typeof body !== 'string' || body === '')
        problems.push(problem('blank', 'body cannot be blank', 'body'));
      if (
        problems.length > 0 ||
        typeof mobileNumber !== 'string' ||
        typeof body !== 'string' ||
        typeof from !== 'string'
      )
        return refuse(400, ...problems);
      return deliver(
        world,
        { phone: mobileNumber },
        {
          kind: 'sms',
          from,
          to: mobileNumber,
          toName: null,
          subject: null,
          html: null,
          text: body,
        },
        { type: 'SMS', from, to: mobileNumber, content: body },
      );
    },
  },
];
