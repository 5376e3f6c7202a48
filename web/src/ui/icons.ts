// Line icons of the interface on the same 24 px grid as the kinds' symbols.
export const ICONS = {
  search: '<circle cx="10.5" cy="10.5" r="6.500"/><path d="m15.500 15.500 5 5"/>',
  close: '<path d="M6 6l12 12M18 6 6 18"/>',
  back: '<path d="m14.500 5-7 7 7 7"/>',
  down: '<path d="m6 9.500 6 6 6-6"/>',
  right: '<path d="m9.500 6 6 6-6 6"/>',
  plus: '<path d="M12 5v14M5 12h14"/>',
  minus: '<path d="M5 12h14"/>',
  home: '<path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5"/>',
  locate:
    '<circle cx="12" cy="12" r="6.500"/><circle cx="12" cy="12" r="1.500" fill="currentColor"/><path d="M12 2.500v3M12 18.500v3M2.500 12h3M18.500 12h3"/>',
  pin: '<path d="M12 21.500s-6.500-6-6.500-11a6.500 6.500 0 0 1 13 0c0 5-6.500 11-6.500 11z"/><circle cx="12" cy="10.500" r="2.300"/>',
  area: '<path d="m5 8 7.500-4L19 9l-2 9.500-10.500.5z"/><g fill="currentColor"><circle cx="5" cy="8" r="1.600"/><circle cx="12.500" cy="4" r="1.600"/><circle cx="19" cy="9" r="1.600"/><circle cx="17" cy="18.500" r="1.600"/><circle cx="6.500" cy="19" r="1.600"/></g>',
  chart: '<path d="M4 20h16M7 16.500v-5M12 16.500V5M17 16.500V9"/>',
  map: '<path d="m3.500 6.500 5.500-2 6 2.500 5.500-2v12.500l-5.500 2-6-2.500-5.500 2zM9 4.500V17M15 7v12.500"/>',
  link: '<path d="M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.700-5.700l-1.200 1.200M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.700 5.700l1.200-1.200"/>',
  upload: '<path d="M12 16V5M7.500 9 12 4.500 16.500 9M5 20h14"/>',
  download: '<path d="M12 4v11M7.500 11l4.500 4.500 4.500-4.500M5 20h14"/>',
  filter: '<path d="M4 6h16M7 12h10M10 18h4"/>',
  language:
    '<circle cx="12" cy="12" r="8.500"/><path d="M3.500 12h17M12 3.500c3 3 3 14 0 17M12 3.500c-3 3-3 14 0 17"/>',
  ascending: '<path d="M8 19V5M4.500 8.500 8 5l3.500 3.500M14 8h3M14 12.500h4.500M14 17h6"/>',
  descending: '<path d="M8 5v14M4.500 15.500 8 19l3.500-3.500M14 7h6M14 11.500h4.500M14 16h3"/>',
  undo: '<path d="M8 5 4 9l4 4M4 9h10a5.500 5.500 0 0 1 0 11h-3"/>',
  redo: '<path d="m16 5 4 4-4 4M20 9H10a5.500 5.500 0 0 0 0 11h3"/>',
  edit: '<path d="m4.500 19.500 1-4.500L16 4.500l3.500 3.500L9 18.500zM13.500 7l3.500 3.500"/>',
  user: '<circle cx="12" cy="8" r="4"/><path d="M4 20.500c1-4.500 4-6 8-6s7 1.500 8 6"/>',
  lock: '<rect x="5" y="10.500" width="14" height="10" rx="2"/><path d="M8 10.500V8a4 4 0 0 1 8 0v2.500"/>',
  key: '<circle cx="8" cy="15.500" r="4"/><path d="m11 12.500 8.500-8.500M16 7.500l3 3"/>',
  people:
    '<circle cx="9" cy="8.500" r="3.500"/><path d="M2.500 19.500c.8-4 3-5.500 6.500-5.500s5.700 1.500 6.500 5.500M15.500 5.500a3.500 3.500 0 0 1 0 6.500M18 14.500c2 .7 3 2.300 3.500 5"/>',
  out: '<path d="M10 4H5v16h5M14 8l4.500 4-4.500 4M18.500 12H9"/>',
  copy: '<rect x="8" y="8" width="12" height="12" rx="2"/><path d="M16 8V4H4v12h4"/>',
  trash: '<path d="M4.500 7h15M9.500 7V4.500h5V7M6.500 7l1 13h9l1-13M10.500 11v5.500M13.500 11v5.500"/>',
  inbox: '<path d="M4 13.500 6.500 5h11L20 13.500V19H4zM4 13.500h4.500l1 2.500h5l1-2.500H20"/>',
  field:
    '<rect x="7" y="2.500" width="10" height="19" rx="2.200"/><path d="M10.500 18.500h3M9.500 9l2 2 3.500-3.500"/>',
  grid: '<path d="M4 4h16v16H4zM4 10.500h16M10.500 4v16"/>',
  river:
    '<path d="M3 8c3-2.500 5.500-2.500 9 0s6 2.500 9 0M3 13c3-2.500 5.500-2.500 9 0s6 2.500 9 0M3 18c3-2.500 5.500-2.500 9 0s6 2.500 9 0"/>',
  building:
    '<path d="M5.500 20.500V4h9v16.500M14.500 10h4.500v10.500M3.500 20.500h17M8.500 8h3M8.500 12h3M8.500 16h3"/>',
  camera: '<path d="M4 8h4l1.500-2.500h5L16 8h4v11H4z"/><circle cx="12" cy="13" r="3.200"/>',
  nofix: '<circle cx="12" cy="12" r="6.500"/><path d="M12 2.500v3M12 18.500v3M2.500 12h3M18.500 12h3M5 19 19 5"/>',
  list: '<path d="M9 6h11M9 12h11M9 18h11M4.500 6h.01M4.500 12h.01M4.500 18h.01"/>',
  move: '<path d="M12 3v18M3 12h18M9 6l3-3 3 3M9 18l3 3 3-3M6 9l-3 3 3 3M18 9l3 3-3 3"/>',
  check: '<path d="m5 12.500 4.500 4.500L19 7.500"/>',
  calendar:
    '<rect x="4" y="5.500" width="16" height="14.500" rx="2"/><path d="M4 10h16M8.500 3.500v4M15.500 3.500v4M8 14h.01M12 14h.01M16 14h.01"/>',
  clock: '<circle cx="12" cy="12" r="8.500"/><path d="M12 7v5.200l3.400 2"/>',
  play: '<path d="M8 5.500v13l10.500-6.500z" fill="currentColor"/>',
  pause: '<path d="M8.500 6v12M15.500 6v12"/>',
  compare: '<path d="M4 8h13m-3.500-3.500L17 8l-3.500 3.500M20 16H7m3.500-3.500L7 16l3.500 3.500"/>',
  history: '<path d="M4 12a8 8 0 1 0 2.500-5.800L4 8.500M4 4v4.500h4.500M12 8v4.300l3 1.700"/>',
  print: '<path d="M7 9V4h10v5M7 17H4v-7h16v7h-3M7 14h10v6H7z"/>',
  send: '<path d="M20.500 3.500 3.500 10.500l6.500 3.500 3.500 6.500z"/><path d="m10 14 4.500-4.500"/>',
  route:
    '<circle cx="6" cy="18.500" r="2.200"/><circle cx="18" cy="5.500" r="2.200"/><path d="M8.500 18.500H15a3.200 3.200 0 0 0 0-6.500H9a3.200 3.200 0 0 1 0-6.500h6.500"/>',
  picture:
    '<rect x="3.500" y="5" width="17" height="14" rx="2"/><circle cx="8.500" cy="10" r="1.700"/><path d="m4 17 5-4.500 3.500 3 3.500-3.500 4.500 4.500"/>',
  road: '<path d="M7 20.500 10 3.500M17 20.500 14 3.500M12 4.500V7M12 10.700v2.600M12 17v2.500"/>',
} as const;

export type IconName = keyof typeof ICONS;
