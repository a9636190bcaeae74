import { timeAt } from '../../domain/values/instant.ts';
import { freshMilliseconds } from '../survey/leaving.ts';
import { readCustomer, type AskForCustomer, type CustomerRead } from '../survey/read-conversation.ts';
import type { Services } from '../context/services.ts';

/** Bounds the memory of a long run; closings of one customer are mostly close together. */
const mostRemembered = 5000;
/** A run of hours should notice that an address has changed. */
const rememberedMilliseconds = 30 * 60_000;

/** Remembers customers, so that a customer with many closings costs one request. */
export function customerLookup(services: Services): AskForCustomer {
  const known = new Map<string, { asked: Promise<CustomerRead>; askedAt: number }>();
  return (customerId, { again, steps }) => {
    const now = services.clock();
    const found = known.get(customerId);
    const longest = again ? freshMilliseconds : rememberedMilliseconds;
    if (found !== undefined && Math.abs(now - found.askedAt) < longest) return found.asked;
    const customerReadAt = timeAt(now);
    const asked = readCustomer(services, customerId, steps).then((customer) => ({
      customer,
      customerReadAt,
    }));
    known.delete(customerId);
    known.set(customerId, { asked, askedAt: now });
    asked.catch(() => {
      if (known.get(customerId)?.asked === asked) known.delete(customerId);
    });
    const [oldest] = known.keys();
    if (known.size > mostRemembered && oldest !== undefined) known.delete(oldest);
    return asked;
  };
}
