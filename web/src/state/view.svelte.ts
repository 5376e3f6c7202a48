// The view as state, kept in step with the address bar. Selections and panels make history; the camera does not.
import { lookAt } from '../api/moment.ts';
import { dayOf, formatView, parseView, type View } from '../domain/view.ts';
import { oneOf, LANGS, type Lang } from '../domain/vocab.ts';

/** The device's language when it is one of ours, else Chinese. */
function deviceLang(): Lang {
  for (const tag of navigator.languages) {
    const lang = oneOf(LANGS, tag.slice(0, 2).toLowerCase());
    if (lang) return lang;
  }
  return 'zh';
}

export class ViewState {
  current = $state.raw<View>(parseView(location.pathname, location.search));
  readonly lang: Lang = $derived(this.current.lang ?? deviceLang());

  /** The day that is looked at; null: now. */
  readonly asOf: string | null = $derived(dayOf(this.current));
  /** Asked before each step; a step that it refuses does not happen. */
  guard: (change: Partial<View>) => boolean = () => true;

  constructor() {
    lookAt(dayOf(this.current));
    $effect(() => {
      const back = () => {
        const there = parseView(location.pathname, location.search);
        if (this.guard(there)) {
          this.current = there;
          lookAt(dayOf(there));
        }
        // The browser has gone already: the page we stay on is put before it again.
        else history.pushState(null, '', formatView(this.current));
      };
      addEventListener('popstate', back);
      return () => removeEventListener('popstate', back);
    });
    $effect(() => {
      document.documentElement.lang = this.lang === 'zh' ? 'zh-CN' : 'en';
    });
  }

  /** Goes to a changed view as a step that the Back button undoes. */
  go(change: Partial<View>): void {
    if (this.guard(change)) this.#set(change, 'push');
  }

  /** Changes the view in place: typing, sliders, the camera. */
  adjust(change: Partial<View>): void {
    this.#set(change, 'replace');
  }

  /** The address of the view with a change, for links. */
  href(change: Partial<View>): string {
    return formatView({ ...this.current, ...change });
  }

  #set(change: Partial<View>, how: 'push' | 'replace'): void {
    const before = formatView(this.current);
    this.current = { ...this.current, ...change };
    lookAt(dayOf(this.current));
    const after = formatView(this.current);
    if (after === before) return;
    if (how === 'push') history.pushState(null, '', after);
    else history.replaceState(null, '', after);
  }
}
