// The closed lists of editing: roles, rights, the records that can be changed, who may see them.

export const USER_ROLES = ['viewer', 'inspector', 'planner', 'gis', 'admin'] as const;
export type UserRole = (typeof USER_ROLES)[number];

export const RIGHTS = ['read', 'report', 'edit_plan', 'edit_geometry', 'administer'] as const;
export type Right = (typeof RIGHTS)[number];

export const VISIBILITIES = ['public', 'internal'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

export const RECORD_TYPES = [
  'project',
  'target',
  'quota',
  'section',
  'theme',
  'plan',
  'collection',
  'light_rule',
  'inspection_rule',
  'patch',
] as const;
export type RecordType = (typeof RECORD_TYPES)[number];

/** A rule is always there, once, and is put as a whole. */
export function isRule(type: RecordType): boolean {
  return type === 'light_rule' || type === 'inspection_rule';
}

export const GEOMETRY_TYPES = [
  'Point',
  'LineString',
  'Polygon',
  'MultiPoint',
  'MultiLineString',
  'MultiPolygon',
] as const;

export const OPS = ['>=', '<=', '>', '<', '='] as const;
