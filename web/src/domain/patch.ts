// Patches: the grid cells, roads, rivers and buildings that inspectors look after, and what each is drawn with.
import type { PieceType } from './geo/pieces.ts';

export const PATCH_ROLES = ['grid', 'road', 'river', 'building'] as const;
export type PatchRole = (typeof PATCH_ROLES)[number];

export const MAX_REACH_M = 2000;

/** How far from the shape a project still belongs to the patch, until somebody says otherwise: a line has no inside. */
export const REACH_M: Record<PatchRole, number> = { grid: 0, road: 50, river: 50, building: 20 };

export function pieceTypeFor(role: PatchRole): PieceType {
  return role === 'road' || role === 'river' ? 'LineString' : 'Polygon';
}

/** The names in a text that was typed or pasted: `wang, li；zhao` are three. */
export function namesIn(typed: string): string[] {
  return typed.split(/[\s,，、;；]+/).filter(Boolean);
}

/** A list with more names, each once. */
export function withNames(names: readonly string[], more: readonly string[]): string[] {
  return [...new Set([...names, ...more])];
}
