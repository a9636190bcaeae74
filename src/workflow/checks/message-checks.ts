import type { Settings } from '../../config/settings.ts';
import { builtInTemplate, checkTemplate, loadTemplate } from '../../delivery/template.ts';
import { traitsOf } from '../../domain/delivery.ts';
import { Failure } from '../../failure.ts';
import { readBrand } from '../../html/brand.ts';
import { languages, speechOf } from '../../html/languages.ts';
import { checkSender, publicUrlOf } from '../context/open-delivery.ts';
import { ok, type Check, type Finding } from './check.ts';
import type { CheckSources } from './check-sources.ts';
import { ofEachBrand } from './each-brand.ts';

type Configured = Pick<CheckSources, 'settings'>;

export const templateCheck: Check<Configured> = {
  id: 'message.template',
  about: 'the template of the survey email can be used',
  matters: 'No email leaves without it.',
  needs: ['config.files'],
  run: ({ settings }) =>
    ofEachBrand(
      settings(),
      ({ templateFile }) => templateFile,
      async (own) => ok(await requireTemplate(own)),
    ),
};

export const logoCheck: Check<Configured> = {
  id: 'message.logo',
  about: 'the logo can be read',
  matters: '`gcsat serve` does not start with a logo that it cannot show.',
  needs: ['config.files'],
  run: ({ settings }) =>
    ofEachBrand(
      settings(),
      ({ brand }) => brand.logoFile,
      async (own) => ok(await requireLogo(own)),
    ),
};

export const languageCheck: Check<Configured> = {
  id: 'message.language',
  about: 'there are messages and pages in the language of the profile',
  matters: 'Customers would get English.',
  needs: ['config.files'],
  run: ({ settings }) =>
    ofEachBrand(
      settings(),
      ({ policy }) => policy.language,
      ({ policy }) => ok(languageOf(policy.language)),
    ),
};

export const senderCheck: Check<Configured> = {
  id: 'delivery.sender',
  about: 'the sender is an address or number that the delivery can use',
  matters: 'No survey leaves without a sender.',
  needs: ['config.files'],
  run: ({ settings }) => ofEachBrand(settings(), ({ from }) => from, senderFinding),
};

function senderFinding({ delivery, from }: Settings): Finding {
  const { sender } = traitsOf(delivery);
  if (sender === 'unused') return ok(`none; ${delivery} does not need one`);
  if (from === null && sender === 'optional') return ok(`none, which the ${delivery} does not need`);
  if (from === null) {
    throw new Failure('configuration', 'delivery_incomplete', `delivery ${delivery} needs a sender`, {
      hint: 'Set it with `gcsat configure set from=…`, or give GCSAT_FROM.',
    });
  }
  checkSender(delivery, from);
  const unseen =
    traitsOf(delivery).gladlyRequests > 0
      ? 'Whether the organization has this sender in Gladly shows only when a message leaves.'
      : undefined;
  return ok(from, unseen);
}

export const deliveryCheck: Check<Configured & Pick<CheckSources, 'provider'>> = {
  id: 'delivery',
  about: 'the delivery can be opened (smtp: connects, logs in, and names the sender)',
  matters: 'No survey leaves.',
  needs: ['config.files', 'delivery.sender'],
  isRemote: true,
  async run({ settings, provider }) {
    const found = await (await provider()).check?.();
    const { delivery } = settings();
    const way = found === undefined ? delivery : `${delivery} (${found})`;
    if (traitsOf(delivery).publicUrl === 'unused') return ok(way);
    return ok(`${way}, survey page at ${publicUrlOf(settings())}`);
  },
};

/** @throws Failure kind configuration */
export async function requireTemplate({ templateFile }: Pick<Settings, 'templateFile'>): Promise<string> {
  checkTemplate(templateFile === null ? builtInTemplate() : await loadTemplate(templateFile));
  return templateFile ?? 'built in';
}

/** @throws Failure kind configuration */
export async function requireLogo({ brand }: Pick<Settings, 'brand'>): Promise<string> {
  await readBrand(brand);
  return brand.logoFile ?? 'none';
}

/** @throws Failure `language_unsupported`: customers would get English */
export function languageOf(tag: string): string {
  if (speechOf(tag) !== null) return tag;
  throw new Failure('configuration', 'language_unsupported', `there are no messages or pages in '${tag}'`, {
    hint: `Use one of ${languages.join(', ')}, with a region if you like, e.g. es-MX.`,
  });
}
