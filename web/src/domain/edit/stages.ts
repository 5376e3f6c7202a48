// Which stages may follow which. The order of a project's life, with a step back for a mistake; what rests can go on.
import { STAGE_LINE, type Stage } from '../vocab.ts';

const LINE: readonly Stage[] = STAGE_LINE;

/** The stages that can be reported next, in the order of the line; what is beside the line comes last. */
export function nextStages(stage: Stage): Stage[] {
  if (stage === 'not_reported') return [...LINE];
  if (stage === 'suspended') return [...LINE.slice(0, 3), 'cancelled'];
  if (stage === 'cancelled') return [LINE[0]!];
  const at = LINE.indexOf(stage);
  const onLine = LINE.filter((_, i) => i === at - 1 || i > at);
  const done = stage === 'completed' || stage === 'in_use';
  return done ? onLine : [...onLine, 'suspended', 'cancelled'];
}

/** The progress that a stage by itself tells, or nothing. */
export function impliedProgress(stage: Stage): number | null {
  return stage === 'completed' || stage === 'in_use' ? 100 : null;
}
