import {
  customerPage,
  customerPageHeaders,
  type CustomerTimeline,
  type TimelineNames,
} from './customer-page.ts';
import type { Route } from './exchange.ts';
import { currentConversation } from './items.ts';
import { notFound } from './reply.ts';
import type { Sandbox } from './server.ts';
import { itemsAt } from './world/story.ts';
import type { World } from './world/world.ts';

/** A customer's whole timeline, after any merges; undefined for an unknown customer. */
function timelineOfCustomer(world: World, customerId: string): CustomerTimeline | undefined {
  const now = world.now();
  const customer = world.customers.resolve(customerId);
  if (customer === undefined) return undefined;
  const stories = world.stories.ofCustomer(customer.id, now);
  const loose = [...world.looseItems.values()].map(({ body }) => body);
  const items = [
    ...stories.flatMap((story) => itemsAt(story, now).map(({ body }) => body)),
    ...loose.filter((item) => item.customerId === customer.id),
  ];
  return {
    customer,
    conversations: stories.flatMap((story) => currentConversation(story, now) ?? []),
    items: items.sort((one, other) => Date.parse(one.timestamp) - Date.parse(other.timestamp)),
  };
}

function namesOf({ setting, mailbox }: World): TimelineNames {
  return {
    agents: new Map(setting.directory.agents.map(({ id, name }) => [id, name])),
    messages: new Map(mailbox.messages().map((message) => [message.conversationItemId, message])),
  };
}

/** Shows customers as agents see them, with the cards on the timeline. */
export const controlCustomerRoutes: readonly Route<Sandbox>[] = [
  {
    method: 'GET',
    pattern: '/_sandbox/customers/:customer',
    handle: ({ world }, _request, { customer = '' }) => {
      const asPage = customer.endsWith('.html');
      const timeline = timelineOfCustomer(world, asPage ? customer.slice(0, -'.html'.length) : customer);
      if (timeline === undefined) return notFound;
      if (asPage)
        return { status: 200, headers: customerPageHeaders, body: customerPage(timeline, namesOf(world)) };
      const cards = timeline.items.filter(({ content }) => content?.type === 'CUSTOMER_ACTIVITY');
      const { id } = timeline.customer;
      const history = world.activities.entries().filter(({ item }) => item.customerId === id);
      return { status: 200, json: { ...timeline, cards, history } };
    },
  },
];
