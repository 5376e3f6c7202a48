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
  download: '<path d="M12 4v11M7.500 11l4.500 4.500 4.500-4.500M5 20h14"/>',
  filter: '<path d="M4 6h16M7 12h10M10 18h4"/>',
  language:
    '<circle cx="12" cy="12" r="8.500"/><path d="M3.500 12h17M12 3.500c3 3 3 14 0 17M12 3.500c-3 3-3 14 0 17"/>',
  ascending: '<path d="M8 19V5M4.500 8.500 8 5l3.500 3.500M14 8h3M14 12.500h4.500M14 17h6"/>',
  descending: '<path d="M8 5v14M4.500 15.500 8 19l3.500-3.500M14 7h6M14 11.500h4.500M14 16h3"/>',
  undo: '<path d="M8 5 4 9l4 4M4 9h10a5.500 5.500 0 0 1 0 11h-3"/>',
  check: '<path d="m5 12.500 4.500 4.500L19 7.500"/>',
  clock: '<circle cx="12" cy="12" r="8.500"/><path d="M12 7v5.200l3.400 2"/>',
  play: '<path d="M8 5.500v13l10.500-6.500z" fill="currentColor"/>',
  pause: '<path d="M8.500 6v12M15.500 6v12"/>',
  compare: '<path d="M4 8h13m-3.500-3.500L17 8l-3.500 3.500M20 16H7m3.500-3.500L7 16l3.500 3.500"/>',
  history: '<path d="M4 12a8 8 0 1 0 2.500-5.800L4 8.500M4 4v4.500h4.500M12 8v4.300l3 1.700"/>',
  print: '<path d="M7 9V4h10v5M7 17H4v-7h16v7h-3M7 14h10v6H7z"/>',
  road: '<path d="M7 20.500 10 3.500M17 20.500 14 3.500M12 4.500V7M12 10.700v2.600M12 17v2.500"/>',
} as const;

export type IconName = keyof typeof ICONS;
