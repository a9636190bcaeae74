import type { Settings } from '../../config/settings.ts';
import { traitsOf } from '../../domain/delivery.ts';

/** Whether suppressed closings count at Agent Connect. */
export function countsUnasked({ delivery, medallia }: Pick<Settings, 'delivery' | 'medallia'>): boolean {
  return medallia.countSuppressed && traitsOf(delivery).countsUnasked;
}
