import type { Stage } from './stage.ts';
import { setAttributionTraps } from './traps-attribution.ts';

/** Puts every special conversation on the stage. */
export function setTraps(stage: Stage): void {
  setAttributionTraps(stage);
}
