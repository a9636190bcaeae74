import type { Services } from '../context/services.ts';

/** One closing's slot at a delivery that lets few messages leave at once; elsewhere there is always one. */
export interface DeliverySlot {
  /** Whether other closings wait for theirs. */
  isCrowded(): boolean;
  /** Once it is taken, it stays until it ends. */
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
