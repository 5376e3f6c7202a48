// The door of the field app: what the device keeps is read before the first picture, so that nothing flickers.
import { mount } from 'svelte';
import './app.css';
import './features/field/field.css';
import FieldApp from './features/field/FieldApp.svelte';
import NoStore from './features/field/NoStore.svelte';
import type { Opened } from './state/field/field.svelte.ts';
import { FieldStore } from './state/field/store.ts';

const target = document.getElementById('app')!;

async function open(): Promise<Opened> {
  const store = await FieldStore.open();
  const [user, kit, round, point, lang, reports] = await Promise.all([
    store.get('user'),
    store.get('kit'),
    store.get('round'),
    store.get('point'),
    store.get('lang'),
    store.reports(),
  ]);
  return { store, user, kit, round, point, lang, reports };
}

open().then(
  (opened) => mount(FieldApp, { target, props: { opened } }),
  () => mount(NoStore, { target }),
);
