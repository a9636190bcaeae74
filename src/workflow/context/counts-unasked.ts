import type { Settings } from '../../config/settings.ts';
import { traitsOf } from '../../domain/delivery.ts';

/** Whether closings of which nobody is asked are to count on the other side. */
export function countsUnasked({ delivery, medallia }: Pick<Settings, 'delivery' | 'medallia'>): boolean {
  return medallia.countSuppressed && traitsOf(delivery).countsUnasked;
}
