import { singleLine } from '../html/single-line.ts';
import { addressKey } from '../domain/eligibility/addresses.ts';
import { notAskedProperty } from '../domain/survey/medallia-row.ts';
import { Failure } from '../failure.ts';
import type {
  DeliveryOutcome,
  DeliveryProvider,
  Interaction,
  SurveyMessage,
  UnaskedInteraction,
} from '../ports/delivery-provider.ts';
import type { EmployeeName, EmployeeNames } from './medallia-employees.ts';

/** One interaction, as Agent Connect takes it (`POST /v1/requests`). */
export interface MedalliaRequest {
  customer: { email: string; name?: string };
  employee: { email?: string; custom_id?: string };
  channel: string;
  ext_interaction_id: string;
  external_url?: string;
  tags: string[];
  brand?: string;
  language?: string;
  custom_properties: Record<string, string>;
  do_not_send?: boolean;
}

/** The part of a client of Agent Connect that makes a request. */
export type CreateRequest = (
  request: MedalliaRequest,
  leaving: () => Promise<void>,
) => Promise<
  | { status: 'accepted' }
  | { status: 'refused'; temporary: boolean; failure: Failure }
  | { status: 'uncertain'; failure: Failure }
>;

export interface MedalliaMapping {
  employees: EmployeeNames;
  /** Keyed by Gladly's channel, in lower case. */
  channels: ReadonlyMap<string, string>;
  brand: string | null;
  language: string | null;
}

/** Limits of the contract. Agent Connect would cut anything longer. */
const mostTags = 20;
const longestValue = 2000;
const longestName = 200;

/**
 * Has Agent Connect ask the customer. A 200 means accepted, not sent; Agent Connect's rows tell later what became of
 * the request. A request cannot be repeated safely, so one that may have arrived is `uncertain`.
 */
export function createMedallia(options: {
  mapping: MedalliaMapping;
  createRequest: CreateRequest;
  /** Reads something with the keys, and says what it read. */
  check: () => Promise<string>;
}): DeliveryProvider {
  async function deliver(message: SurveyMessage, leaving: () => Promise<void>): Promise<DeliveryOutcome> {
    const { interaction } = message;
    if (interaction === undefined) return { status: 'not_sent', temporary: false, failure: noSample() };
    const employee = employeeOf(interaction.agentEmail, options.mapping.employees);
    if (employee === null)
      return { status: 'not_sent', temporary: false, failure: noEmployee(message.agent.name) };
    return send(requestOf(message, interaction, employee, options.mapping), leaving);
  }

  async function count(unasked: UnaskedInteraction, leaving: () => Promise<void>): Promise<DeliveryOutcome> {
    const { customer, interaction, agent, reasons } = unasked;
    const employee = employeeOf(interaction.agentEmail, options.mapping.employees);
    if (employee === null) return { status: 'not_sent', temporary: false, failure: noEmployee(agent.name) };
    const to = { address: customer.email, name: customer.name };
    const request = requestOf({ ...unasked, to }, interaction, employee, options.mapping);
    const notAsked = { [notAskedProperty]: cut(reasons.join(', ')) };
    return send(
      {
        ...request,
        do_not_send: true,
        custom_properties: { ...request.custom_properties, ...notAsked },
      },
      leaving,
    );
  }

  async function send(request: MedalliaRequest, leaving: () => Promise<void>): Promise<DeliveryOutcome> {
    const outcome = await options.createRequest(request, leaving);
    if (outcome.status === 'accepted') return { status: 'sent', externalId: null };
    return outcome.status === 'refused' ? { ...outcome, status: 'not_sent' } : outcome;
  }

  return {
    name: 'medallia',
    repeatable: false,
    deliver,
    count,
    check: options.check,
    close: () => Promise.resolve(),
  };
}

/**
 * How Agent Connect knows the agent: by the file, or else by the email address in Gladly; null without that address.
 */
export function employeeOf(email: string | null, employees: EmployeeNames): EmployeeName | null {
  if (email === null || email.trim() === '') return null;
  return employees.get(addressKey(email)) ?? { email };
}

export function requestOf(
  {
    to,
    closingId,
    conversationId,
    channel,
  }: Pick<SurveyMessage, 'to' | 'closingId' | 'conversationId' | 'channel'>,
  { url, topics, inbox }: Interaction,
  employee: EmployeeName,
  { channels, brand, language }: MedalliaMapping,
): MedalliaRequest {
  const name = to.name === null ? '' : singleLine(to.name, longestName);
  return {
    customer: { email: to.address, ...(name === '' ? {} : { name }) },
    employee,
    channel: channelOf(channel, channels),
    ext_interaction_id: closingId,
    ...(url === null ? {} : { external_url: url }),
    tags: topics.slice(0, mostTags).map(cut),
    ...(brand === null ? {} : { brand }),
    ...(language === null ? {} : { language }),
    custom_properties: {
      conversation_id: cut(conversationId),
      ...(inbox === null ? {} : { inbox: cut(inbox) }),
    },
  };
}

/** Agent Connect has phone, email, and chat by default; anything else counts as chat. */
function channelOf(channel: string | null, channels: ReadonlyMap<string, string>): string {
  const own = channels.get((channel ?? '').toLowerCase());
  if (own !== undefined) return own;
  if (channel === 'email') return 'email';
  return channel === 'voice' ? 'phone' : 'chat';
}

/** Does not leave half a character at the end. */
function cut(text: string): string {
  return text.slice(0, longestValue).toWellFormed();
}

function noEmployee(name: string | null): Failure {
  const who = name === null ? 'the agent' : singleLine(name, longestName);
  return new Failure('partial', 'medallia_no_employee', `Gladly has no email address for ${who}`, {
    hint: 'Agent Connect identifies its employees by it. Give the agent one in Gladly, then run `gcsat surveys retry`.',
  });
}

function noSample(): Failure {
  return new Failure('usage', 'no_sample', 'medallia can only send surveys about conversations', {
    hint: 'Use the test key: Agent Connect then sends every survey to your own test address.',
  });
}
