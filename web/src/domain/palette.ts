// Colours that carry meaning, the same in the map, the markers and the panels. Never the only sign of anything.
import type { Change } from './compare.ts';
import type { Stage } from './vocab.ts';

export interface StageColour {
  fill: string;
  /** For what is drawn on the fill. */
  ink: string;
  /** For outlines on paper: dark enough to be seen at one pixel. */
  edge: string;
  /** For the same outlines on a dark map. */
  night: string;
}

/**
 * The five stages step down evenly in lightness (about 84, 68, 52, 37, 22 of 100) and from lilac to deep blue, so they
 * keep their order in grey print and for every kind of colour vision. What is beside the line has no blue.
 */
export const STAGE_COLOURS: Record<Stage, StageColour> = {
  not_reported: { fill: '#8b949b', ink: '#ffffff', edge: '#5f686f', night: '#a3adb3' },
  planned: { fill: '#d5cdf0', ink: '#2e2a5c', edge: '#7d72b8', night: '#d9d2f4' },
  preparing: { fill: '#9fa8e0', ink: '#1d2158', edge: '#5a64b4', night: '#aab3ea' },
  building: { fill: '#5a80cc', ink: '#ffffff', edge: '#3159a8', night: '#7fa3ec' },
  completed: { fill: '#285a9e', ink: '#ffffff', edge: '#1c4680', night: '#5b8fdb' },
  in_use: { fill: '#12355f', ink: '#ffffff', edge: '#12355f', night: '#4577b8' },
  suspended: { fill: '#b08d57', ink: '#ffffff', edge: '#7d5f2e', night: '#c9a56c' },
  cancelled: { fill: '#4d4a46', ink: '#ffffff', edge: '#4d4a46', night: '#8d8a85' },
};

/** What happened between two days: a colour for the halo on the map, and a sign that says the same without colour. */
export const CHANGE_SIGNS: Record<Change, { colour: string; night: string; sign: string }> = {
  added: { colour: '#1b7f4d', night: '#5fd39a', sign: '＋' },
  dropped: { colour: '#5f5a54', night: '#b8b2aa', sign: '－' },
  advanced: { colour: '#0b6e9e', night: '#6cc3ee', sign: '↑' },
  slipped: { colour: '#b3261a', night: '#ff9d91', sign: '↓' },
  moved: { colour: '#7a3fa8', night: '#cf9df5', sign: '↔' },
  light: { colour: '#9a6700', night: '#f3cf6b', sign: '◐' },
  due: { colour: '#a83f78', night: '#f59dcb', sign: '◷' },
};
