import type { Services } from '../context/services.ts';

/** One closing's slot at a delivery that lets few messages leave at once; other deliveries always have a free slot. */
export interface DeliverySlot {
  /** Whether other closings are waiting for a slot. */
  isCrowded(): boolean;
  /** A slot that is taken stays taken until `end`. */
  take(): Promise<void>;
  end(): void;
}

export async function deliverySlot(services: Services): Promise<DeliverySlot> {
  const { slots } = await services.provider();
  let isTaken = false;
  return {
    isCrowded: () => slots?.isCrowded() ?? false,
    async take() {
      if (!isTaken) await slots?.take('in_line', services.signal);
      isTaken = true;
    },
    end() {
      if (isTaken) slots?.end();
      isTaken = false;
    },
  };
}
