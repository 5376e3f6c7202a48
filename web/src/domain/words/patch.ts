// The words of patches: who looks after which ground, and how its shape is drawn or taken over. They load with their card.
import { addWords } from '../words.ts';

export const PATCH_WORDS = {
  'patches.title': { zh: '责任片区', en: 'Patches' },
  'patches.hint': {
    zh: '网格、道路、河道、楼宇各由谁去看。他们的手机上只看“我的”时，就看这些。',
    en: 'Who looks after which grid cells, roads, rivers and buildings. On their phones, “mine” means these.',
  },
  'patches.none': { zh: '还没有片区', en: 'There are no patches yet' },
  'patches.none_hint': { zh: '画一个网格，或借用一条道路、河道。', en: 'Draw a grid cell, or take a road or river.' },
  'patches.add': { zh: '新片区', en: 'New patch' },
  'patches.list': { zh: '片区列表', en: 'List of patches' },
  'patches.projects': { zh: '{n} 个项目', en: '{n} projects' },
  'patches.projects_one': { zh: '1 个项目', en: '1 project' },
  'patches.nobody': { zh: '还没有人', en: 'Nobody yet' },
  'patches.mine': { zh: '我的', en: 'Mine' },
  'patches.back': { zh: '回到片区列表', en: 'Back to the patches' },
  'patches.unassigned': { zh: '{n} 个片区还没有人', en: 'Patches without anybody: {n}' },
  'patches.edit': { zh: '片区：{name}', en: 'Patch: {name}' },
  'patches.in': { zh: '片区里的项目', en: 'Projects in it' },
  'patches.in_none': { zh: '里面没有项目', en: 'No project lies in it' },
  'patches.frame': { zh: '在地图上看', en: 'Show on the map' },

  'patch_role.grid': { zh: '网格', en: 'Grid cell' },
  'patch_role.road': { zh: '道路', en: 'Road' },
  'patch_role.river': { zh: '河道', en: 'River' },
  'patch_role.building': { zh: '楼宇', en: 'Building' },

  'field.role': { zh: '类别', en: 'Kind' },
  'field.inspectors': { zh: '由谁去看', en: 'Looked after by' },
  'field.patch_reach_m': { zh: '两侧多远算在内（米）', en: 'How far around counts (m)' },
  'field.geometry': { zh: '范围', en: 'Shape' },
  'hint.inspectors': {
    zh: '填用户名，用逗号或回车隔开；可不填',
    en: 'User names; a comma or Enter ends each. May be empty',
  },
  'hint.patch_reach_m': {
    zh: '这个距离内的项目也算片区里的；网格填 0',
    en: 'Projects within it belong to the patch; 0 for a grid cell',
  },
  'people.add': { zh: '添加', en: 'Add' },
  'people.remove': { zh: '去掉{name}', en: 'Remove {name}' },
  'people.wrong': {
    zh: '“{name}”不像用户名：小写字母、数字和 . _ - @，例如 liming',
    en: '“{name}” is no user name: small letters, digits and . _ - @, such as liming',
  },

  'shape.title': { zh: '范围', en: 'Shape' },
  'shape.by_hand': { zh: '自己画', en: 'Draw it' },
  'shape.take': { zh: '借用地图上的', en: 'Take one from the map' },
  'shape.collection': { zh: '图层', en: 'Collection' },
  'shape.feature': { zh: '哪一个', en: 'Which one' },
  'shape.base': { zh: '底图：视野内的道路、河道', en: 'Base map: roads and rivers in sight' },
  'shape.none_seen': { zh: '视野内没有有名字的道路、河道', en: 'No named road or river is in sight' },
  'shape.none': { zh: '这个图层是空的', en: 'This collection is empty' },
  'shape.taken': { zh: '已借用“{name}”的形状，可以再改。', en: 'The shape of “{name}” is taken; it can be changed.' },
  'fault.drawn': { zh: '请画出范围，或借用一个', en: 'Draw the shape, or take one' },

  'diff.role': { zh: '类别', en: 'Kind' },
  'diff.inspectors': { zh: '由谁去看', en: 'Looked after by' },
} as const satisfies Record<string, { zh: string; en: string }>;

addWords(PATCH_WORDS);
