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

/** What to say of the stages that can be reported next: why these, and which step is next on the line. */
export function stageHint(stage: Stage): { key: 'first' | 'step' | 'last' | 'resume' | 'anew'; next: Stage | null } {
  if (stage === 'not_reported') return { key: 'first', next: null };
  if (stage === 'suspended') return { key: 'resume', next: null };
  if (stage === 'cancelled') return { key: 'anew', next: null };
  const next = LINE[LINE.indexOf(stage) + 1] ?? null;
  return { key: next ? 'step' : 'last', next };
}

/** The progress that a stage by itself tells, or nothing. */
export function impliedProgress(stage: Stage): number | null {
  return stage === 'completed' || stage === 'in_use' ? 100 : null;
}
