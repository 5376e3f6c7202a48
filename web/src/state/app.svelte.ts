// Everything the features share, made once at the top and handed down by a typed context.
import { createContext } from 'svelte';
import type { Right } from '../domain/edit/vocab.ts';
import type { Range } from '../domain/compare.ts';
import { unionBox } from '../domain/geo/plane.ts';
import type { DataScope } from '../domain/data/view.ts';
import { emptyFilters, type Ask, type Filters } from '../domain/view.ts';
import { word, type WordKey } from '../domain/words.ts';
import type { Text } from '../domain/vocab.ts';
import { blankRecord, type NewType, type Spot } from '../domain/edit/blank.ts';
import { AimState } from './aim.svelte.ts';
import { AnalysisState } from './analysis.svelte.ts';
import { AnchorsState } from './anchors.svelte.ts';
import type { Beginning } from './record-edit.svelte.ts';
import { CompareState } from './compare.svelte.ts';
import { LiveState } from './live.svelte.ts';
import { EvidenceState } from './evidence.svelte.ts';
import { EditState } from './edit.svelte.ts';
import { NoticeState } from './notice.svelte.ts';
import { PatchesState } from './patches.svelte.ts';
import { PeopleState } from './people.svelte.ts';
import { PlanState } from './plan.svelte.ts';
import { liveListener } from './listening.ts';
import { ResultsState } from './results.svelte.ts';
import { SelectionState } from './selection.svelte.ts';
import { ScreenState } from './screen.svelte.ts';
import { TimeState } from './time.svelte.ts';
import { SessionState } from './session.svelte.ts';
import { WaitingState } from './waiting.svelte.ts';
import { ViewState } from './view.svelte.ts';

export class AppState {
  readonly view = new ViewState();
  readonly plan = new PlanState(this.view);
  readonly results = new ResultsState(this.view);
  readonly selection = new SelectionState(this.view);
  readonly analysis = new AnalysisState(this.view);
  readonly aim = new AimState();
  readonly anchors = new AnchorsState(this.view);
  readonly screen = new ScreenState();
  readonly notice = new NoticeState();
  readonly session = new SessionState();
  readonly people = new PeopleState(this.session);
  readonly waiting = new WaitingState(this.session);
  readonly evidence = new EvidenceState();
  readonly patches = new PatchesState(this.view);
  readonly edit = new EditState(this.session, this.view);
  readonly time = new TimeState(this.view, this.plan, this.screen);
  readonly compare = new CompareState(this.view);
  readonly live = new LiveState(liveListener(this));
  /** Rises whenever everything is read anew; for pages that read for themselves. */
  reads = $state(0);
  /** Nothing can be edited and nothing is live on a day in the past. */
  readonly isPast: boolean = $derived(this.time.isPast);

  constructor() {
    // A link that opens a card must show it on a phone too.
    this.session.onchanged = () => {
      this.reload();
      this.live.again();
    };
    const { panel } = this.view.current;
    if (panel !== 'none' && panel !== 'draw') this.screen.sheet = 'half';
  }

  /** The words for a key in the chosen language. */
  t = (key: WordKey, values?: Record<string, string | number>): string => word(key, this.view.lang, values);

  /** A name in the chosen language. */
  name = (text: Text): string => text[this.view.lang];

  /** Whether the reader may do this now: it takes the right, and the present. */
  may(right: Right): boolean {
    return !this.isPast && this.session.may(right);
  }

  /** Who made a change, as people say it; the log names programs by their task. */
  actorName(actor: string | null): string {
    if (actor === 'simulation' || actor === 'seed') return this.t(`history.${actor}`);
    if (actor) return this.people.called(actor);
    return this.t(this.session.user ? 'history.system' : 'history.somebody');
  }

  /** Opens a project; `frame` when it was not chosen on the map itself. */
  choose(id: string, { frame = true } = {}): void {
    this.edit.fromWorklist = false;
    this.view.go({ page: 'map', project: id, panel: 'project' });
    if (this.screen.narrow) this.screen.sheet = 'half';
    if (frame) this.frameProjects([id]);
  }

  /** Opens the list of patches, or one of them. */
  openPatches(patch: string | null = null): void {
    const panel = patch === null ? 'patches' : 'patch';
    this.view.go({ page: 'map', panel, patch, project: null, ask: null, lateOnly: false, compare: null });
    if (this.screen.narrow) this.screen.sheet = 'half';
  }

  /** Whether the reader may draw patches and say who looks after them: planners and GIS staff. */
  mayPatch(): boolean {
    return this.may('edit_plan') || this.may('edit_geometry');
  }

  /** What a new record of the plan begins with. */
  beginning(type: NewType, spot: Spot = {}): Beginning {
    const { tree, sections } = this.plan;
    const record = blankRecord(type, spot, { due: tree?.due ?? '', sections: sections.size });
    const taken = type === 'patch' ? this.patches.all.map(({ id }) => id) : this.plan.idsOf(type);
    return { record, taken: new Set(taken) };
  }

  /** Opens the form of a new record: a project in the card beside the map, all else in a dialogue. */
  make(type: NewType, spot: Spot = {}): void {
    if (type !== 'project') return this.edit.open(type, this.beginning(type, spot));
    this.edit.spot = spot;
    this.view.go({ page: 'map', panel: 'new', project: null });
    if (this.screen.narrow) this.screen.sheet = 'full';
  }

  /** Closes the right-hand card. An analysis stays until it is ended, so its result can be returned to. */
  close(): void {
    const { panel, ask, compare } = this.view.current;
    if (panel === 'patch') return this.view.go({ panel: 'patches', patch: null });
    if (panel === 'edit' || (panel === 'place' && !this.edit.fromWorklist)) this.view.go({ panel: 'project' });
    else if (panel === 'place') this.view.go({ panel: 'worklist' });
    else if (panel === 'project' && compare) this.view.go({ project: null, panel: 'compare' });
    else if (panel === 'project' && ask) this.view.go({ project: null, panel: 'near' });
    else this.view.go({ project: null, panel: 'none', ask: null, lateOnly: false, compare: null });
    this.analysis.draft = [];
  }

  /** Asks what is near a point or a feature, or inside an area, and shows where that is. */
  ask(ask: Ask, radius_m = this.view.current.radius_m): void {
    this.analysis.wantsFrame = true;
    this.analysis.draft = [];
    this.view.go({ page: 'map', ask, radius_m, panel: 'near', project: null });
    if (this.screen.narrow) this.screen.sheet = 'half';
  }

  /** Filters the plan's projects, lists them, and frames those that are left. */
  filter(change: Partial<Filters>, { reset = false } = {}): void {
    const base = reset ? emptyFilters() : this.view.current.filters;
    this.view.go({ page: 'map', tab: 'results', filters: { ...base, ...change } });
  }

  /** Filters by one value in place, as the plan tree does, and frames the projects it stands for. */
  narrowTo(key: 'section' | 'quota', values: string[], projects: readonly string[]): void {
    this.view.go({ filters: { ...emptyFilters(), [key]: values } });
    if (values.length) this.frameProjects(projects);
    else this.screen.frame(this.plan.tree?.extent);
  }

  /** Moves the map to where the projects are; without a place there is nothing to show. */
  frameProjects(ids: readonly string[]): void {
    const wanted = new Set(ids);
    const box = unionBox(this.plan.projects.filter((p) => wanted.has(p.id)).map((p) => p.bbox));
    this.screen.frame(box);
  }

  /** Reads everything anew, after a write or when another reader is signed in. What is shown stays until then. */
  reload(): void {
    this.plan.load({ afresh: true });
    this.results.page.retry();
    this.selection.detail.retry();
    this.analysis.found.retry();
    this.compare.found.retry();
    this.anchors.load();
    this.waiting.load();
    this.time.reload();
    this.screen.refreshing = {};
    this.reads += 1;
  }

  /** Looks at a day, or at now; a comparison ends with it. */
  lookAt(day: string | null): void {
    const now = day === null || (this.time.today !== null && day >= this.time.today);
    const panel = this.view.current.panel === 'compare' ? 'none' : this.view.current.panel;
    this.time.playing = false;
    if (!now) this.time.asked = true;
    this.view.go({ as_of: now ? null : day, compare: null, panel });
  }

  /** Compares two days on the map. */
  compareDays(range: Range): void {
    this.time.playing = false;
    this.view.go({
      page: 'map',
      compare: { ...range, what: [] },
      as_of: null,
      panel: 'compare',
      project: null,
      ask: null,
    });
    if (this.screen.narrow) this.screen.sheet = 'half';
  }

  /** Takes what the map shows to the page of data, to be exported. */
  exportThese(of: DataScope): void {
    this.view.go({ page: 'data', data: { tab: 'export', of, file: null } });
  }

  async copyLink(): Promise<void> {
    try {
      await navigator.clipboard.writeText(location.href);
      this.notice.show(this.t('link.copied'));
    } catch {
      this.notice.show(this.t('link.copy_failed'));
    }
  }
}

export const [getApp, setApp] = createContext<AppState>();
