import type { components } from '../../gladly/contract.ts';
import type { Identifiers } from '../identifiers.ts';
import { nameStocks } from './names.ts';
import { randomFrom } from '../random.ts';
import { day, withMillis } from '../time.ts';

export type Customer = components['schemas']['Customer'] & { id: string };

/** Profiles are from the two years before this moment, no matter when the sandbox starts. */
const profilesUntil = Date.UTC(2025, 0, 1);

/** In every area code, 555-0100 to 555-0199 are reserved for fiction. Customers beyond that range have no number. */
const areaCodes = { first: 201, count: 590 };

function phoneOf(number: number): string | undefined {
  if (number >= areaCodes.count * 100) return undefined;
  const areaCode = areaCodes.first + Math.floor(number / 100);
  return `+1${areaCode}55501${String(number % 100).padStart(2, '0')}`;
}

/** The number of the customer with this phone number. */
export function numberOfPhone(phone: string): number | undefined {
  const match = /^\+1(\d{3})55501(\d{2})$/.exec(phone);
  if (match === null) return undefined;
  const number = (Number(match[1]) - areaCodes.first) * 100 + Number(match[2]);
  return phoneOf(number) === phone ? number : undefined;
}

/** The number of the customer who may have this address, read from the address. */
export function numberOfEmail(email: string): number | undefined {
  const match = /\.(\d+)@example\.(?:com|org|net)$/i.exec(email);
  return match === null ? undefined : Number(match[1]);
}

/** Times in profiles have nanoseconds, as in the contract's examples. */
function nanoseconds(at: number, digits: number): string {
  return withMillis(at).replace('Z', `${String(digits).padStart(6, '0')}Z`);
}

/** One customer: name, addresses and times follow from the seed and the number alone. */
export function inventCustomer(seed: number, identifiers: Identifiers, number: number): Customer {
  const random = randomFrom(seed, 'customer', number);
  const stock = random.pick(nameStocks);
  const [given, givenPlain] = random.pick(stock.given);
  const [family, familyPlain] = random.pick(stock.family);
  const host = random.pick(['example.com', 'example.org', 'example.net']);
  const address = `${givenPlain}.${familyPlain}.${number}@${host}`;
  const second = `${givenPlain}.${number}@example.org`;
  const emails: NonNullable<Customer['emails']> = [];
  if (!random.chance(0.04)) {
    const written = random.chance(0.2) ? address.replace(/^./, (letter) => letter.toUpperCase()) : address;
    const twoAddresses = random.chance(0.12) && second !== address;
    if (twoAddresses) emails.push({ normalized: second, original: second, primary: false });
    emails.push({ normalized: address, original: written, primary: twoAddresses || random.chance(0.7) });
  }
  const phone = random.chance(0.85) ? phoneOf(number) : undefined;
  const createdAt = profilesUntil - random.integer(0, 730 * day);
  return {
    id: identifiers.make({ kind: 'customer', day: 0, number, part: 0 }),
    name: stock.familyFirst === true ? `${family} ${given}` : `${given} ${family}`,
    emails,
    phones:
      phone === undefined
        ? []
        : [
            {
              normalized: phone,
              original: phone.slice(2),
              regionCode: 'US',
              primary: true,
              smsPreference: random.chance(0.9) ? 'ON' : 'OFF',
              type: random.chance(0.8) ? 'MOBILE' : 'HOME',
            },
          ],

    createdAt: nanoseconds(createdAt, random.integer(0, 999_999)),
    updatedAt: nanoseconds(createdAt + random.integer(0, 200 * day), random.integer(0, 999_999)),
  };
}
