// The language of the field app: as chosen on this device, else the device's own when it is one of ours, else Chinese.
import { LANGS, oneOf, type Lang, type Text } from '../../domain/vocab.ts';
import { fieldWord, type FieldKey } from '../../domain/field/words.ts';
import type { FieldStore } from './store.ts';

function deviceLang(): Lang {
  for (const tag of navigator.languages) {
    const lang = oneOf(LANGS, tag.slice(0, 2).toLowerCase());
    if (lang) return lang;
  }
  return 'zh';
}

export class LanguageState {
  lang = $state<Lang>('zh');
  readonly #store: FieldStore;

  constructor(store: FieldStore, kept: Lang | null) {
    this.#store = store;
    this.lang = kept ?? deviceLang();
    $effect(() => {
      document.documentElement.lang = this.lang === 'zh' ? 'zh-CN' : 'en';
    });
  }

  t = (key: FieldKey, values?: Record<string, string | number>): string => fieldWord(key, this.lang, values);

  /** A name in the chosen language. */
  name = (text: Text): string => text[this.lang];

  flip(): void {
    this.lang = this.lang === 'zh' ? 'en' : 'zh';
    void this.#store.set('lang', this.lang);
  }
}
