import * as z from 'zod';

const address = z.string().nullable().catch(null);
const none = { email: null, phone: null };
const customerShape = z.object({ email: address, phone: address }).catch(none);

/** The addresses of a customer that was stored as JSON; null for an address that is missing or not text. */
export function addressesIn(text: string): z.infer<typeof customerShape> {
  try {
    return customerShape.parse(JSON.parse(text));
  } catch {
    return none;
  }
}
