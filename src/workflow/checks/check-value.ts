import type { StoredProfile } from '../../config/profiles.ts';
import type { PolicyKey, ProfileKey } from '../../config/setting-keys.ts';
import { readEmployees } from '../../delivery/medallia-employees.ts';
import { checkSmtpServer } from '../../delivery/smtp.ts';
import { readSmtpUrl } from '../../delivery/smtp-url.ts';
import { loadTemplate } from '../../delivery/template.ts';
import { defaultDelivery, deliveryNames, traitsOf, type DeliveryName } from '../../domain/delivery.ts';
import { Failure } from '../../failure.ts';
import { readBrand } from '../../html/brand.ts';
import { checkSender } from '../context/open-delivery.ts';
import { languageOf } from './message-checks.ts';

/**
 * Refuses a value that is well formed but could not be used later.
 *
 * @throws Failure kind configuration
 */
export async function checkValue(key: PolicyKey | ProfileKey, text: string): Promise<void> {
  if (key === 'template') await loadTemplate(text);
  if (key === 'logo') await readBrand({ color: null, logoFile: text });
  if (key === 'language') languageOf(text);
  if (key === 'smtpUrl') readSmtpUrl(text);
  if (key === 'medalliaEmployees') await readEmployees(text);
}

/** Connects and logs in. @throws Failure `bad_smtp_url`, or the failure that a message would meet */
export async function checkMailServer(url: string, signal: AbortSignal): Promise<void> {
  await checkSmtpServer(url, signal);
}

/** While the profile names no delivery, any sender that some delivery can use will do. @throws Failure `bad_from` */
export function checkSenderOf({ values: { from, delivery } }: Pick<StoredProfile, 'values'>): void {
  if (from === undefined || (delivery === undefined && deliveryNames.some((name) => canSend(name, from))))
    return;
  try {
    checkSender(deliveryOf(delivery), from);
  } catch (error) {
    if (!(error instanceof Failure) || delivery === undefined) throw error;
    throw new Failure(error.kind, error.code, `${error.message}, so ${delivery} cannot use it`, {
      hint: `Set both, e.g. \`gcsat configure set delivery=${delivery} from=${exampleOf(delivery)}\`.`,
    });
  }
}

function canSend(delivery: DeliveryName, from: string): boolean {
  if (traitsOf(delivery).sender === 'unused') return false;
  try {
    checkSender(delivery, from);
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

function deliveryOf(text: string | undefined): DeliveryName {
  return deliveryNames.find((name) => name === text) ?? defaultDelivery;
}

function exampleOf(delivery: string): string {
  return traitsOf(deliveryOf(delivery)).addressKind === 'mobile' ? '+15550100123' : 'surveys@acme.com';
}
