import type { Bucket, Slot, SlotRequest } from '../domain/values/request-slot.ts';

/**
 * Where the budget of the organization's rate limit is kept: all processes that share a store share the budget. Times
 * are epoch milliseconds.
 */
export interface LimiterStore {
  reserve(bucket: Bucket, request: SlotRequest): Promise<Slot>;
  /** No request leaves before `untilMs`. A shorter pause does not end a longer one. */
  pause(bucket: Bucket, untilMs: number): Promise<void>;
  /** When the last pause ends or ended; 0 if there never was one. */
  pausedUntil(bucket: Bucket): Promise<number>;
}
