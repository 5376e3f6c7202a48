// Every word of the interface in both languages, those of later tasks taken in when these load. The map's data brings its own
// names; they are not here.
import type { Lang } from './vocab.ts';
import type { KEEPING_WORDS } from './words/accounts.ts';
import type { DATA_WORDS } from './words/data.ts';
import type { HISTORY_WORDS } from './words/history.ts';
import type { IMPORT_WORDS } from './words/import.ts';
import type { INSPECTION_WORDS } from './words/inspection.ts';
import type { PATCH_WORDS } from './words/patch.ts';
import { ACCOUNT_WORDS } from './words/account.ts';
import { EDIT_WORDS } from './words/edit.ts';
import { RECORD_WORDS } from './words/records.ts';
import { OIDC_WORDS } from './words/oidc.ts';
import { TIME_WORDS } from './words/time.ts';

const FIRST_WORDS = {
  ...ACCOUNT_WORDS,
  ...EDIT_WORDS,
  ...RECORD_WORDS,
  ...OIDC_WORDS,
  ...TIME_WORDS,
  'app.lang': { zh: 'zh', en: 'en' },
  'app.name': { zh: '挂图', en: 'Guatu' },
  'app.title': { zh: '挂图：{plan}', en: 'Guatu: {plan}' },
  'app.map': { zh: '计划地图', en: 'Map of the plan' },
  'app.panels': { zh: '计划与结果', en: 'Plan and results' },
  'app.detail': { zh: '详情', en: 'Details' },
  'app.skip': { zh: '跳到计划与结果', en: 'Skip to plan and results' },
  'app.plan_year': { zh: '{year} 年度计划', en: 'Plan for {year}' },
  'app.as_of': { zh: '截至 {date}', en: 'As of {date}' },
  'app.language': { zh: 'English', en: '中文' },
  'app.language_label': { zh: 'Switch to English', en: '切换到中文' },
  'app.expand': { zh: '展开面板', en: 'Expand the panel' },
  'app.collapse': { zh: '收起面板', en: 'Collapse the panel' },

  kind: { zh: '类型', en: 'Kind' },
  'kind.road': { zh: '道路', en: 'Road' },
  'kind.bridge': { zh: '桥梁', en: 'Bridge' },
  'kind.park': { zh: '公园', en: 'Park' },
  'kind.school': { zh: '学校', en: 'School' },
  'kind.hospital': { zh: '医院', en: 'Hospital' },
  'kind.estate': { zh: '住宅小区', en: 'Housing estate' },
  'kind.industry': { zh: '工业项目', en: 'Industry' },
  'kind.hotel': { zh: '酒店', en: 'Hotel' },
  'kind.zone': { zh: '片区', en: 'Zone' },
  'kind.service': { zh: '公共服务', en: 'Public service' },

  stage: { zh: '阶段', en: 'Stage' },
  'stage.not_reported': { zh: '未报告', en: 'Not reported' },
  'stage.planned': { zh: '谋划', en: 'Planned' },
  'stage.preparing': { zh: '前期', en: 'Preparing' },
  'stage.building': { zh: '在建', en: 'Building' },
  'stage.completed': { zh: '竣工', en: 'Completed' },
  'stage.in_use': { zh: '投用', en: 'In use' },
  'stage.suspended': { zh: '暂停', en: 'Suspended' },
  'stage.cancelled': { zh: '已取消', en: 'Cancelled' },
  'stage.basis.plan': { zh: '由计划文字推知', en: 'Implied by the plan’s words' },
  'stage.basis.report': { zh: '已报告', en: 'Reported' },
  'stage.basis.none': { zh: '还没有人报告', en: 'Nobody has reported yet' },

  light: { zh: '亮灯', en: 'Light' },
  'light.red': { zh: '红灯', en: 'Red' },
  'light.yellow': { zh: '黄灯', en: 'Yellow' },
  'light.green': { zh: '绿灯', en: 'Green' },
  'light.grey': { zh: '无灯', en: 'No light' },
  'light.late': { zh: '滞后', en: 'Late' },

  position: { zh: '位置', en: 'Position' },
  'position.surveyed': { zh: '已测量', en: 'Surveyed' },
  'position.approximate': { zh: '大致位置', en: 'Approximate' },
  'position.rough': { zh: '粗略位置', en: 'Rough' },
  'position.placeholder': { zh: '位置未确定', en: 'Position not established' },
  'position.accuracy': { zh: '误差约 {distance}', en: 'Within about {distance}' },
  'position.none': { zh: '地图上还没有位置', en: 'No place on the map yet' },
  'position.dashed': { zh: '虚线：未经测量', en: 'Dashed: not surveyed' },

  aim: { zh: '年度目标', en: 'Aim' },
  'aim.design': { zh: '完成设计', en: 'Design done' },
  'aim.start': { zh: '开工', en: 'Construction begun' },
  'aim.advance': { zh: '明显推进', en: 'Moved on markedly' },
  'aim.connect': { zh: '打通', en: 'Road opened through' },
  'aim.renovate': { zh: '完成改造', en: 'Works done' },
  'aim.complete': { zh: '竣工投产', en: 'Built and in production' },
  'aim.open': { zh: '投入使用', en: 'In use' },

  section: { zh: '章节', en: 'Section' },
  quota: { zh: '指标名额', en: 'Quota' },
  'plan.tab': { zh: '计划', en: 'Plan' },
  'plan.item': { zh: '第 {n} 条', en: 'Item {n}' },
  'plan.whole': { zh: '全章', en: 'Whole section' },
  'plan.targets': { zh: '目标', en: 'Targets' },
  'plan.quotas': { zh: '名额', en: 'Quotas' },
  'plan.projects': { zh: '项目', en: 'Projects' },
  'plan.themes': { zh: '工作主题', en: 'Themes' },
  'plan.no_reading': { zh: '暂无读数', en: 'No reading yet' },
  'plan.met': { zh: '已达到', en: 'Met' },
  'plan.not_met': { zh: '未达到', en: 'Not met' },
  'plan.named_of': { zh: '列名 {named} / {count}', en: '{named} named of {count}' },
  'plan.show_section': { zh: '在地图上看本章 {n} 个项目', en: 'Show this section’s {n} projects' },
  'plan.stretch': { zh: '力争 {value}', en: 'Stretch {value}' },
  'plan.latest': { zh: '{date} 读数 {value}', en: '{value} on {date}' },

  'results.tab': { zh: '项目', en: 'Projects' },
  'results.filters': { zh: '筛选', en: 'Filters' },
  'results.filters_n': { zh: '筛选（{n}）', en: 'Filters ({n})' },
  'results.reset': { zh: '清除筛选', en: 'Clear filters' },
  'results.remove': { zh: '去掉筛选：{name}', en: 'Remove filter: {name}' },
  'results.count': { zh: '{n} 个项目', en: '{n} projects' },
  'results.count_one': { zh: '1 个项目', en: '1 project' },
  'results.of': { zh: '共 {total} 个', en: 'of {total}' },
  'results.sort': { zh: '排序', en: 'Sort' },
  'results.ascending': { zh: '改为升序', en: 'Sort ascending' },
  'results.descending': { zh: '改为降序', en: 'Sort descending' },
  'results.more': { zh: '再显示 {n} 个', en: 'Show {n} more' },
  'results.list': { zh: '项目列表', en: 'List of projects' },
  'results.search_in': { zh: '名称含“{q}”', en: 'Name contains “{q}”' },
  'results.none': { zh: '没有符合的项目', en: 'No project matches' },
  'results.none_hint': { zh: '去掉一个筛选，或全部清除。', en: 'Take one filter away, or clear them all.' },
  'sort.plan': { zh: '计划顺序', en: 'Plan order' },
  'sort.name': { zh: '名称', en: 'Name' },
  'sort.kind': { zh: '类型', en: 'Kind' },
  'sort.stage': { zh: '阶段', en: 'Stage' },
  'sort.due': { zh: '期限', en: 'Due' },
  'sort.light': { zh: '亮灯', en: 'Light' },

  'project.loading': { zh: '正在读取项目', en: 'Loading the project' },
  'project.missing': { zh: '没有这个项目', en: 'There is no such project' },
  'project.missing_hint': {
    zh: '计划里没有编号为“{id}”的项目。链接可能写错了，或项目已删除。',
    en: 'The plan has no project “{id}”. The link may be mistyped, or the project was removed.',
  },
  'project.list': { zh: '看项目列表', en: 'See the list' },
  'project.due': { zh: '期限', en: 'Due' },
  'project.progress': { zh: '进度', en: 'Progress' },
  'project.no_progress': { zh: '未报告', en: 'Not reported' },
  'project.reference': { zh: '计划出处', en: 'In the plan' },
  'project.place': { zh: '地点', en: 'Place' },
  'project.basis': { zh: '依据', en: 'Basis' },
  'project.route': { zh: '起止', en: 'From – to' },
  'project.carries': { zh: '所在道路', en: 'Carries' },
  'project.crosses': { zh: '跨越', en: 'Crosses' },
  'project.note': { zh: '备注', en: 'Note' },
  'project.neighbours': { zh: '周边项目', en: 'Nearby projects' },
  'project.within': { zh: '周边有什么？', en: 'What is within…' },
  'project.within_go': { zh: '{radius} 内', en: '{radius}' },
  'project.copy_link': { zh: '复制链接', en: 'Copy link' },
  'project.geojson': { zh: 'GeoJSON', en: 'GeoJSON' },
  'project.frame': { zh: '定位', en: 'Locate' },
  'project.back': { zh: '返回结果', en: 'Back to the results' },
  'project.no_neighbours': { zh: '附近没有其他项目', en: 'No other project nearby' },

  'near.title_point': { zh: '此处附近', en: 'Near here' },
  'near.title_feature': { zh: '{name}周边', en: 'Around {name}' },
  'near.title_area': { zh: '范围内', en: 'Inside the area' },
  'near.pick': { zh: '点选附近', en: 'Near a place' },
  'near.pick_title': { zh: '附近有什么', en: 'What is near' },
  'near.pick_hint': { zh: '在地图上点一个位置，或从下面选择。', en: 'Click a place on the map, or choose below.' },
  'near.use_device': { zh: '用我的位置', en: 'Use my position' },
  'near.use_centre': { zh: '用地图中心', en: 'Use the map’s centre' },
  'near.pick_road': { zh: '选一条道路', en: 'Pick a road' },
  'near.choose_road': { zh: '请选择…', en: 'Choose…' },
  'near.locating': { zh: '正在定位…', en: 'Finding your position…' },
  'near.denied': {
    zh: '设备没有给出位置。请在浏览器设置中允许本网站定位，或在地图上选一处。',
    en: 'The device gave no position. Allow it for this site in the browser’s settings, or pick a place on the map.',
  },
  'near.radius': { zh: '半径', en: 'Radius' },
  'near.found': { zh: '{radius} 内有 {n} 个项目', en: '{n} projects within {radius}' },
  'near.found_one': { zh: '{radius} 内有 1 个项目', en: '1 project within {radius}' },
  'near.found_area': { zh: '范围内有 {n} 个项目', en: '{n} projects in the area' },
  'near.found_area_one': { zh: '范围内有 1 个项目', en: '1 project in the area' },
  'near.late': { zh: '{n} 个滞后', en: '{n} late' },
  'near.none_late': { zh: '没有滞后的项目', en: 'None is late' },
  'near.none_known_late': { zh: '没有已知滞后的项目', en: 'None is known to be late' },
  'near.unknown': { zh: '{n} 个无法判断', en: '{n} cannot be judged' },
  'near.late_only': { zh: '只看滞后', en: 'Late only' },
  'near.truncated': { zh: '只列出最近的 {n} 个', en: 'Only the nearest {n} are listed' },
  'near.none': { zh: '这个范围内没有项目', en: 'No project in this range' },
  'near.none_hint': { zh: '把半径调大，或换一个位置。', en: 'Widen the radius, or choose another place.' },
  'near.none_area_hint': { zh: '画一个更大的范围。', en: 'Draw a larger area.' },
  'near.all_on_time_hint': { zh: '关闭“只看滞后”可看到全部项目。', en: 'Turn off “Late only” to see them all.' },
  'near.here': { zh: '就在此处', en: 'Right here' },
  'near.touching': { zh: '相交', en: 'Touches' },
  'near.by_kind': { zh: '按类型', en: 'By kind' },
  'near.by_stage': { zh: '按阶段', en: 'By stage' },
  'near.clear': { zh: '结束分析', en: 'End the analysis' },

  'draw.title': { zh: '画范围', en: 'Draw an area' },
  'draw.hint': {
    zh: '在地图上依次点出各个角点，至少三个。点第一个点、双击或按回车完成。',
    en: 'Click the corners on the map, at least three. Click the first again, double-click or press Enter to finish.',
  },
  'draw.corners': { zh: '{n} 个角点', en: '{n} corners' },
  'draw.undo': { zh: '撤销一点', en: 'Undo corner' },
  'draw.finish': { zh: '完成', en: 'Finish' },
  'draw.use_view': { zh: '用当前视野', en: 'Use what is in view' },
  'draw.again': { zh: '重画', en: 'Draw again' },
  'draw.relation': { zh: '关系', en: 'Relation' },
  'relation.intersects': { zh: '相交或在内', en: 'Touching or inside' },
  'relation.within': { zh: '完全在内', en: 'Wholly inside' },

  'legend.title': { zh: '图例', en: 'Legend' },
  'legend.hint': { zh: '点选即筛选', en: 'Choose to filter' },

  'search.label': { zh: '搜索', en: 'Search' },
  'search.placeholder': { zh: '搜索项目、目标、地点', en: 'Search projects, targets, places' },
  'search.key': { zh: '按 / 搜索', en: 'Press / to search' },
  'search.none': { zh: '没有找到“{q}”', en: 'Nothing found for “{q}”' },
  'search.none_hint': { zh: '试试名称里的一两个字。', en: 'Try one or two words of the name.' },
  'search.clear': { zh: '清空搜索', en: 'Clear search' },
  'search.results': { zh: '搜索结果', en: 'Search results' },
  'search.all': { zh: '列出名称含“{q}”的项目', en: 'List projects named “{q}”' },
  'hit.project': { zh: '项目', en: 'Project' },
  'hit.target': { zh: '目标', en: 'Target' },
  'hit.quota': { zh: '名额', en: 'Quota' },
  'hit.theme': { zh: '主题', en: 'Theme' },
  'hit.place': { zh: '地点', en: 'Place' },

  'map.zoom_in': { zh: '放大', en: 'Zoom in' },
  'map.zoom_out': { zh: '缩小', en: 'Zoom out' },
  'map.home': { zh: '全区视图', en: 'Whole district' },
  'map.tools': { zh: '地图工具', en: 'Map tools' },
  'map.loading': { zh: '正在加载地图', en: 'Loading the map' },
  'map.failed': { zh: '地图没有加载成功', en: 'The map did not load' },
  'map.failed_hint': {
    zh: '浏览器可能不支持 WebGL 2。列表和看板照常可用。',
    en: 'The browser may lack WebGL 2. The lists and the dashboard still work.',
  },
  'map.tiles_failed': { zh: '部分地图数据没有取到', en: 'Some map data did not arrive' },
  'map.basemap': { zh: '底图', en: 'Base map' },
  'map.no_basemap': { zh: '示意底图', en: 'Schematic' },
  'map.about_data': { zh: '数据说明', en: 'About the data' },
  'map.attribution': { zh: '示意数据，非测绘成果', en: 'Schematic data, not a survey' },

  'dash.title': { zh: '看板', en: 'Dashboard' },
  'dash.to_map': { zh: '回到地图', en: 'Back to the map' },
  'dash.overview': { zh: '总览', en: 'Overview' },
  'dash.lights': { zh: '亮灯', en: 'Lights' },
  'dash.stages': { zh: '阶段', en: 'Stages' },
  'dash.targets': { zh: '目标', en: 'Targets' },
  'dash.targets_sub': { zh: '{n} 个目标，{none} 个暂无读数', en: '{n} targets, {none} without a reading' },
  'dash.quotas': { zh: '名额', en: 'Quotas' },
  'dash.quotas_sub': {
    zh: '实心是已列名的项目，空心是还没有名字的',
    en: 'Filled: named projects. Hollow: promised, without a name yet',
  },
  'dash.matrix': { zh: '类型 × 阶段', en: 'Kind × stage' },
  'dash.matrix_sub': { zh: '点数字看是哪些项目', en: 'Choose a number to see which projects' },
  'dash.due': { zh: '到期与逾期', en: 'Due and overdue' },
  'dash.due_sub': { zh: '尚未完成，按期限排列', en: 'Not yet done, by due date' },
  'dash.due_in': { zh: '还有 {n} 天', en: 'in {n} days' },
  'dash.due_today': { zh: '今天到期', en: 'due today' },
  'dash.overdue': { zh: '已过期 {n} 天', en: '{n} days overdue' },
  'dash.nothing_due': { zh: '没有待到期的项目', en: 'Nothing is due' },
  'dash.all': { zh: '全部 {n} 个', en: 'All {n}' },
  'dash.total': { zh: '合计', en: 'Total' },
  'dash.projects': { zh: '项目', en: 'Projects' },
  'dash.late': { zh: '滞后', en: 'Late' },

  'data.title': { zh: '数据', en: 'Data' },
  'data.export_these': { zh: '导出…', en: 'Export…' },

  'link.copied': { zh: '链接已复制', en: 'Link copied' },
  'link.copy_failed': { zh: '没有复制成功，请从地址栏复制', en: 'Could not copy; take it from the address bar' },
  'state.retry': { zh: '重试', en: 'Try again' },
  'state.failed': { zh: '没有取到数据', en: 'The data did not arrive' },
  'state.failed_hint': { zh: '服务器没有回应，请稍后重试。', en: 'The server did not answer. Try again shortly.' },
  'state.loading': { zh: '正在读取', en: 'Loading' },
  'state.close': { zh: '关闭', en: 'Close' },
  'state.all': { zh: '全部', en: 'All' },

  'compass.n': { zh: '北', en: 'N' },
  'compass.ne': { zh: '东北', en: 'NE' },
  'compass.e': { zh: '东', en: 'E' },
  'compass.se': { zh: '东南', en: 'SE' },
  'compass.s': { zh: '南', en: 'S' },
  'compass.sw': { zh: '西南', en: 'SW' },
  'compass.w': { zh: '西', en: 'W' },
  'compass.nw': { zh: '西北', en: 'NW' },
} as const satisfies Record<string, { zh: string; en: string }>;

/** The words of tasks that load later; whoever says them imports their file. */
type LaterWords = typeof DATA_WORDS &
  typeof HISTORY_WORDS &
  typeof IMPORT_WORDS &
  typeof INSPECTION_WORDS &
  typeof KEEPING_WORDS &
  typeof PATCH_WORDS;
type Words = Record<string, { zh: string; en: string }>;

export type WordKey = keyof typeof FIRST_WORDS | keyof LaterWords;
export const WORD_KEYS = Object.keys(FIRST_WORDS) as WordKey[];
const WORDS: Words = { ...FIRST_WORDS };

/** Takes in the words of a task that loads later, once. */
export function addWords(words: Words): void {
  Object.assign(WORDS, words);
  WORD_KEYS.push(...(Object.keys(words) as WordKey[]).filter((key) => !WORD_KEYS.includes(key)));
}

/** The words for a key, with `{name}` places filled in. */
export function word(key: WordKey, lang: Lang, values: Record<string, string | number> = {}): string {
  return filled(WORDS[key]![lang], values);
}

export function filled(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}
