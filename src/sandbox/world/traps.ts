import type { Stage } from './stage.ts';
import { setAttributionTraps } from './traps-attribution.ts';
import { setCallTraps } from './traps-calls.ts';
import { setCustomerTraps } from './traps-customers.ts';
import { setEndingTraps } from './traps-endings.ts';
import { setShapeTraps } from './traps-shapes.ts';

/** Tells every special conversation. */
export function setTraps(stage: Stage): void {
  setAttributionTraps(stage);
  setEndingTraps(stage);
  setCallTraps(stage);
  setShapeTraps(stage);
  setCustomerTraps(stage);
}
