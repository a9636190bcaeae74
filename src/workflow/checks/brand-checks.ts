import type { Settings } from '../../config/settings.ts';
import { brandsOfInbox } from '../../domain/eligibility/brands.ts';
import { Failure } from '../../failure.ts';
import type { Directory } from '../../gladly/directory.ts';
import type { Account } from '../context/services.ts';
import { unmetInboxes } from '../survey/policy-warnings.ts';
import { ok, type Check } from './check.ts';
import type { CheckSources } from './check-sources.ts';
import { withDirectory } from './check-connection.ts';

type Brands = Settings['brands'];
type Inboxes = Pick<Directory, 'inboxes'>;

export const brandsCheck: Check<Pick<CheckSources, 'settings' | 'directory'>> = {
  id: 'gladly.brands',
  about: 'the inboxes of brands exist, and each belongs to one brand',
  matters: 'A brand whose inbox is misspelled is never used: its customers see another company’s name.',
  needs: ['config.files', 'gladly.token'],
  isRemote: true,
  async run({ settings, directory }) {
    const { brands } = settings();
    if (brands.length === 0) return ok('none is configured');
    await refuseShared(brands, directory);
    const sentences = await unmetInboxes(brands, directory);
    const idle = brands.filter(({ inboxes }) => inboxes.length === 0);
    sentences.push(...idle.map(({ name }) => `brand ${name} has no inbox, so no closing takes it`));
    if (sentences.length === 0) return ok(brands.map(({ name }) => name).join(', '));
    return {
      status: 'warning',
      code: 'brand_inbox_unknown',
      summary: sentences.join('; '),
      fix: 'gcsat configure brand list',
    };
  },
};

/** One brand may claim an inbox by its id, and another by its name. */
async function refuseShared(brands: Brands, directory: Inboxes): Promise<void> {
  for (const inbox of (await directory.inboxes()).values()) {
    const [one, another] = brandsOfInbox(brands, inbox);
    if (one === undefined || another === undefined) continue;
    throw new Failure(
      'configuration',
      'inbox_of_two_brands',
      `the brands '${one}' and '${another}' both have the inbox ${inbox.name ?? inbox.id}`,
      { hint: 'Take it out of one of them with `gcsat configure brand set`.' },
    );
  }
}

/** The same before anything is saved, with only an account. @throws Failure of Gladly */
export async function missingInboxes(
  account: Account,
  brands: Brands,
  { signal }: { signal: AbortSignal },
): Promise<string[]> {
  return withDirectory(account, signal, (directory) => unmetInboxes(brands, directory));
}
