import { transitions } from '../../src/domain/closing/transitions.ts';

/** The transitions of a closing as a Mermaid state diagram, one line for each pair of states. */
export function stateDiagram(): string {
  const labels = new Map<string, string[]>();
  for (const [name, { from, to }] of Object.entries(transitions)) {
    for (const state of from) {
      const arrow = `  ${state} --> ${to}`;
      labels.set(arrow, [...(labels.get(arrow) ?? []), name]);
    }
  }
  const arrows = [...labels].map(([arrow, names]) => `${arrow}: ${names.join(', ')}`);
  return ['stateDiagram-v2', '  [*] --> pending', ...arrows].join('\n');
}
