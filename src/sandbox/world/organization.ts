import type { components } from '../../gladly/contract.ts';
import type { Identifiers, IdKind } from '../identifiers.ts';

export type Agent = components['schemas']['Agent'] & { id: string; name: string; emailAddress: string };
export type Inbox = components['schemas']['Inbox'] & { id: string; name: string };
export type Team = components['schemas']['Team'] & { id: string };
export type Topic = components['schemas']['Topic'] & { id: string; name: string };

export interface Directory {
  agents: readonly Agent[];
  /** No longer in the list of agents, but found by id. */
  deactivatedAgents: readonly Agent[];
  /** Named only in old items: neither in the list nor found by id. */
  deletedAgent: Agent;
  inboxes: readonly Inbox[];
  teams: readonly Team[];
  topics: readonly Topic[];
  topicNamed(name: string): string;
  /** The id that items show for the user whose token the sandbox accepts. */
  apiUserId: string;
  organization: { id: string; loginDomain: string; name: string; timezone: string };
}

const mailDomain = 'haldenrook.example.com';

export const organizationName = 'Halden & Rook Outfitters';
/** The organization's subdomain at Agent Connect. */
export const companySlug = 'haldenrook';
export const apiUserEmail = `survey.bot@${mailDomain}`;
export const apiToken = 'sandbox-token';
export const fromAddress = `care@${mailDomain}`;
export const fromNumber = '+18005550142';
/**
 * Two brands of the company, each with its own inbox. Messages can be sent from their addresses and numbers and from
 * the company's.
 */
export const brands = [
  {
    name: 'workshop',
    inbox: 'Repairs Workshop',
    companyName: 'Rook Workshop',
    color: '#8a3b12',
    language: 'en',
    fromAddress: `workshop@${mailDomain}`,
    fromNumber: '+18005550144',
  },
  {
    name: 'atelier',
    inbox: 'VIP Outfitting',
    companyName: 'Atelier Halden',
    color: '#4b2e83',
    language: 'fr',
    fromAddress: `atelier@${mailDomain}`,
    fromNumber: '+18005550145',
  },
] as const;
/** Numbers that customers call and write to. Of these, only `fromNumber` can send over the API. */
export const companyNumbers = [fromNumber, '+18005550143'] as const;

const agentNames = [
  'Amara Lindqvist',
  'Bastien Corbeau',
  'Chiara Vento',
  'Dmitri Halloway',
  'Esi Marchetti',
  'Farid Nordgren',
  'Greta Ohanian',
  'Hiroshi Valdane',
  'Inés Talavera',
  'Jonah Whitlock',
  'Kateřina Dubová',
  'Leilani Forsythe',
] as const;

const inboxNames = [
  'Orders and Delivery',
  'Returns',
  'Repairs Workshop',
  'Billing',
  'VIP Outfitting',
  'Social',
] as const;

/** A name, or a parent with its children; a leading `-` marks a disabled topic. */
const topicTree: readonly (readonly [string, ...string[]])[] = [
  ['Orders', 'Where is my order', 'Change of address', 'Cancellation', 'Missing item'],
  ['Returns', 'Exchange', 'Refund', 'Damaged on arrival'],
  ['Repairs', 'Zip and buckle', 'Waterproofing', 'Tent poles'],
  ['Billing', 'Double charge', 'Invoice copy', 'Gift card'],
  ['Account', 'Login', 'Data request'],
  ['Product advice', 'Sizing', 'Care instructions'],
  ['do_not_send_stella', 'Legal dispute', 'Press inquiry'],
  ['- Do_Not_Send_Stella '],
  ['-Holiday 2019'],
];

export function makeDirectory(identifiers: Identifiers): Directory {
  const idOf = (kind: IdKind, number: number): string => identifiers.make({ kind, day: 0, number, part: 0 });
  const agent = (name: string, number: number): Agent => {
    const plain = name
      .normalize('NFD')
      .replace(/\p{Diacritic}/gu, '')
      .toLowerCase();
    return {
      id: idOf('agent', number),
      name,
      emailAddress: `${plain.replace(' ', '.')}@${mailDomain}`,
    };
  };
  const agents = agentNames.map(agent);
  const topics: Topic[] = [];
  const addTopic = (written: string, parentId?: string): string => {
    const disabled = written.startsWith('-');
    const id = idOf('topic', topics.length);
    topics.push({
      id,
      name: disabled ? written.slice(1) : written,
      disabled,
      ...(parentId === undefined ? {} : { parentId }),
    });
    return id;
  };
  for (const [parent, ...children] of topicTree) {
    const parentId = addTopic(parent);
    for (const child of children) addTopic(child, parentId);
  }
  const idsOf = (from: number, to: number): string[] => agents.slice(from, to).map(({ id }) => id);
  return {
    agents,
    deactivatedAgents: [agent('Margit Solberg', 40), agent('Nuno Abelhas', 41)],
    deletedAgent: agent('Otto Verschwunden', 50),
    inboxes: inboxNames.map((name, number) => ({ id: idOf('inbox', number), name, disabled: false })),
    teams: [
      { id: idOf('team', 0), name: 'Front desk', description: 'First answers', agentIds: idsOf(0, 6) },
      { id: idOf('team', 1), name: 'Workshop', description: 'Repairs and advice', agentIds: idsOf(6, 9) },
      {
        id: idOf('team', 2),
        name: 'Back office',
        description: 'Billing and returns',
        agentIds: idsOf(9, 12),
      },
    ],
    topics,
    topicNamed: (name) => {
      const found = topics.find((topic) => topic.name === name);
      if (found === undefined) throw new RangeError(`no topic is named ${name}`);
      return found.id;
    },
    apiUserId: idOf('agent', 60),
    organization: {
      id: idOf('organization', 0),
      loginDomain: mailDomain,
      name: organizationName,
      timezone: 'America/Chicago',
    },
  };
}
