// The words of changing the plan: signing in, editing, drawing places, accounts; and those of reading what is unsure.

export const EDIT_WORDS = {
  'tools.near': { zh: '附近', en: 'Near' },
  'tools.area': { zh: '画范围', en: 'Area' },
  'tools.dash': { zh: '看板', en: 'Board' },
  'tools.home': { zh: '全区', en: 'All' },
  'results.fit': { zh: '在地图上看全部', en: 'Show all on the map' },
  'near.may_touch': { zh: '可能相交', en: 'May touch' },
  'near.may_be_here': { zh: '可能在此', en: 'May be here' },
  'near.unplaced': { zh: '其中 {n} 个位置未确定，是否在内说不准', en: '{n} of them have no established place' },
} as const satisfies Record<string, { zh: string; en: string }>;
