// All that the field app knows, in one context: opened from what the device keeps, then brought up to date.
import { createContext } from 'svelte';
import { takeReason } from '../door.ts';
import type { Reason } from '../../domain/sign-in.ts';
import type { NearFilter } from '../../domain/field/near.ts';
import type { Box } from '../../domain/geo/plane.ts';
import type { Position2 } from '../../domain/ring.ts';
import type { Camera } from '../../domain/view.ts';
import { NoticeState } from '../notice.svelte.ts';
import { ScreenState } from '../screen.svelte.ts';
import { ClockState } from './clock.svelte.ts';
import { CompassState } from './compass.svelte.ts';
import { FixState } from './fix.svelte.ts';
import type { ReportForm } from './form.svelte.ts';
import { KitState } from './kit.svelte.ts';
import { LanguageState } from './language.svelte.ts';
import { QueueState } from './queue.svelte.ts';
import { RoomState } from './room.svelte.ts';
import { RoundState } from './round.svelte.ts';
import { FieldSession } from './session.svelte.ts';
import type { FieldStore, Kept } from './store.ts';
import { forgetTiles, keepTiles } from './tiles.ts';
import { UpdateState } from './update.svelte.ts';
import { WhereState } from './where.svelte.ts';

/** What the device keeps, read before the first picture. */
export interface Opened {
  store: FieldStore;
  user: Kept['user'] | null;
  kit: Kept['kit'] | null;
  round: Kept['round'] | null;
  point: Kept['point'] | null;
  lang: Kept['lang'] | null;
  reports: Awaited<ReturnType<FieldStore['reports']>>;
}

/** The kit is asked for again when the app is looked at after so long. */
const FRESH_MS = 60_000;

export class FieldState {
  readonly store: FieldStore;
  readonly language: LanguageState;
  readonly session: FieldSession;
  readonly kit: KitState;
  readonly fix: FixState;
  readonly round: RoundState;
  readonly queue: QueueState;
  readonly where = new WhereState();
  readonly clock = new ClockState();
  readonly compass = new CompassState();
  readonly room = new RoomState();
  readonly screen = new ScreenState();
  readonly notice = new NoticeState();
  readonly update = new UpdateState();
  /** The report that is being written. */
  form = $state.raw<ReportForm | null>(null);
  /** Why the office's sign-on let nobody in. */
  refused = $state<Reason | null>(takeReason());
  filter = $state.raw<NearFilter>({ radius_m: null, due: false, mine: false });
  /** Whether the map waits for a point to be chosen, and where to go then. */
  pointing = $state(false);
  /** What the map is asked to show when it opens; a new object is a new wish. */
  mapWish = $state.raw<{ at: Position2 } | { box: Box } | null>(null);
  camera = $state.raw<Camera | null>(null);
  isOnline = $state(navigator.onLine);

  readonly t: LanguageState['t'];
  readonly name: LanguageState['name'];

  constructor({ store, user, kit, round, point, lang, reports }: Opened) {
    this.store = store;
    this.language = new LanguageState(store, lang);
    this.t = this.language.t;
    this.name = this.language.name;
    this.session = new FieldSession(store, user);
    this.kit = new KitState(store, kit);
    this.fix = new FixState(store, point);
    this.round = new RoundState(store, this.kit, round);
    this.session.onheard = (other) => this.#heard(other);
    this.queue = new QueueState(store, this.session, reports);
    this.queue.onsent = () => void this.kit.load();
    this.kit.onfresh = (fresh) => keepTiles(store, fresh);
    this.update.start(() => this.form !== null);
    void store.tidy(Date.now());
    $effect(() => this.#listen());
    $effect(() => {
      if (this.form === null) this.update.settle();
    });
  }

  /** Brings everything up to date, as far as there is a line. */
  async refresh(): Promise<void> {
    await this.session.look().catch(() => undefined);
    if (this.session.isSignedIn === false) return;
    if (this.session.mayReport) await this.kit.load();
    if (this.kit.refusedWith === 401) this.session.ended();
  }

  /** Signs in, and goes on with what waited. */
  async signIn(name: string, password: string): Promise<void> {
    await this.session.signIn(name, password);
    void this.queue.send();
    if (this.session.mayReport) await this.kit.load();
  }

  async signOut(): Promise<void> {
    await this.session.signOut();
    this.where.go({ page: 'near' });
  }

  async #heard(other: boolean): Promise<void> {
    await this.kit.keepFor(this.session.user?.name ?? null);
    if (other) {
      // What the one could see is not for the other.
      await forgetTiles();
      await this.store.set('tiles', null);
      this.round.clear();
      if (this.session.user) void this.kit.load();
    }
  }

  #listen(): () => void {
    const line = () => {
      this.isOnline = navigator.onLine;
      if (this.isOnline) void this.refresh();
    };
    const visible = () => {
      const isOld = Date.now() - (this.kit.read_at ?? 0) > FRESH_MS;
      if (document.visibilityState === 'visible' && isOld) void this.refresh();
    };
    addEventListener('online', line);
    addEventListener('offline', line);
    document.addEventListener('visibilitychange', visible);
    void this.refresh();
    return () => {
      removeEventListener('online', line);
      removeEventListener('offline', line);
      document.removeEventListener('visibilitychange', visible);
    };
  }
}

export const [getField, setField] = createContext<FieldState>();
