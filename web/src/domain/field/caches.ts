// The names of what the field app's worker keeps beside the app itself.

export const PLAN_TILES = 'guatu-field-plan-tiles';
export const GROUND_TILES = 'guatu-field-ground-tiles';
export const TILE_CACHES = [PLAN_TILES, GROUND_TILES] as const;
