import type { Services } from '../context/services.ts';

/** One closing's turn with a delivery that lets few messages leave at once; elsewhere it is always there. */
export interface DeliveryTurn {
  /** Whether other closings wait for theirs. */
  isCrowded(): boolean;
  /** Once it is taken, it stays until it ends. */
  take(): Promise<void>;
  end(): void;
}

export async function deliveryTurn(services: Services): Promise<DeliveryTurn> {
  const { turns } = await services.provider();
  let isTaken = false;
  return {
    isCrowded: () => turns?.isCrowded() ?? false,
    async take() {
      if (!isTaken) await turns?.take('in_line', services.signal);
      isTaken = true;
    },
    end() {
      if (isTaken) turns?.end();
      isTaken = false;
    },
  };
}
