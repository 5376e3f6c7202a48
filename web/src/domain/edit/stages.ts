// Which stages may follow which, as the server has it too: one step forward, so that no step lacks its date, one step back
// for a mistake; what rests goes on before completion, what is cancelled begins anew.
import { STAGE_LINE, type Stage } from '../vocab.ts';

const LINE: readonly Stage[] = STAGE_LINE;
const BESIDE: readonly Stage[] = ['suspended', 'cancelled'];

/** The stages that can be reported next, in the order of the line; what is beside the line comes last. */
export function nextStages(stage: Stage): Stage[] {
  if (stage === 'not_reported') return [...LINE, ...BESIDE];
  if (stage === 'suspended') return [...LINE.slice(0, 3), 'cancelled'];
  if (stage === 'cancelled') return [LINE[0]!];
  const at = LINE.indexOf(stage);
  const steps = LINE.filter((_, i) => Math.abs(i - at) === 1);
  return stage === 'in_use' ? steps : [...steps, ...BESIDE];
}

/** The progress that a stage by itself tells, or nothing. */
export function impliedProgress(stage: Stage): number | null {
  return stage === 'completed' || stage === 'in_use' ? 100 : null;
}
