// The patches with their shapes and those who look after them. They are made and changed as the other records are.
import { request } from './client.ts';
import type { PatchFeatures } from './inspection-types.ts';

export function listPatches(signal: AbortSignal): Promise<PatchFeatures> {
  return request('/api/v1/patches', { signal });
}
