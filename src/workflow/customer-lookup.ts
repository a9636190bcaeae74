import type { Customer } from '../gladly/answers.ts';
import { freshMilliseconds } from './deliver-survey.ts';
import type { AskForCustomer } from './look-in-stages.ts';
import { readCustomer } from './read-conversation.ts';
import type { Services } from './services.ts';

/** Bounds the memory of a long run; the closings of one customer mostly lie near each other. */
const mostRemembered = 5000;
/** A run of hours should notice that an address has changed. */
const rememberedMilliseconds = 30 * 60_000;

/** Remembers whom it asked for, so that a customer with many closings costs one request. */
export function customerLookup(services: Services): AskForCustomer {
  const known = new Map<string, { customer: Promise<Customer>; askedAt: number }>();
  return (customerId, { again, steps }) => {
    const now = services.clock();
    const found = known.get(customerId);
    const longest = again ? freshMilliseconds : rememberedMilliseconds;
    if (found !== undefined && now - found.askedAt < longest) return found.customer;
    const customer = readCustomer(services, customerId, steps);
    known.delete(customerId);
    known.set(customerId, { customer, askedAt: now });
    customer.catch(() => {
      if (known.get(customerId)?.customer === customer) known.delete(customerId);
    });
    const [oldest] = known.keys();
    if (known.size > mostRemembered && oldest !== undefined) known.delete(oldest);
    return customer;
  };
}
