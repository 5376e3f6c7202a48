// A report while it is written. Every change is kept as a draft at once, so that a reload or a dead battery loses nothing;
// only the last step puts it into the queue.
import type { FieldProject } from '../../api/field-types.ts';
import { impliedProgress } from '../../domain/edit/stages.ts';
import { newId } from '../../domain/field/id.ts';
import { doubtsAbout, type Doubt } from '../../domain/field/marks.ts';
import { HEAD_BYTES, photoType } from '../../domain/field/photo.ts';
import {
  MAX_PHOTOS,
  MAX_PHOTO_BYTES,
  fixOf,
  saidAnew,
  type KeptPhoto,
  type KeptReport,
  type Said,
} from '../../domain/field/report.ts';
import type { Fix } from '../../domain/field/fix.ts';
import type { Stage } from '../../domain/vocab.ts';
import { readTaken } from './exif.ts';
import type { FieldState } from './field.svelte.ts';
import type { Draft } from './store.ts';

/** Why something was not done, as a word to look up. */
export type FormFault = 'full' | 'unread' | 'type' | 'size' | 'many' | 'failed' | 'stage' | null;

const DRAFT_MS = 250;
/** What a project's stage is before anybody told; in the form: none is chosen yet. */
const UNSEEN: Stage = 'not_reported';

export class ReportForm {
  readonly key: string;
  /** The refused report that this one says anew. */
  readonly old: KeptReport | null;
  project: FieldProject | null = $state.raw(null);
  stage = $state<Stage>(UNSEEN);
  progress = $state<number | null>(null);
  note = $state('');
  photos = $state.raw<KeptPhoto[]>([]);
  /** Where each photo can be looked at. */
  shown = $state.raw<ReadonlyMap<string, string>>(new Map());
  fault = $state<FormFault>(null);
  busy = $state(false);
  /** How many choices of photos are still being read; a report must not leave without them. */
  reading = $state(0);
  /** Whether there was something to go on with. */
  wasDraft = $state(false);
  readonly #field: FieldState;
  readonly #blobs = new Map<string, Blob>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #left = false;
  /** Whether anything was said yet: a form that was only looked at leaves no draft. */
  #isTouched = false;

  private constructor(field: FieldState, key: string, old: KeptReport | null) {
    this.#field = field;
    this.key = key;
    this.old = old;
  }

  /** The form for a project, with its draft if there is one. */
  static async open(field: FieldState, project: FieldProject): Promise<ReportForm> {
    const form = new ReportForm(field, project.id, null);
    form.choose(project);
    await form.#resume();
    return form;
  }

  /** What was begun about a project that is gone since, for another one; none where nothing was begun. */
  static async left(field: FieldState, project: string): Promise<ReportForm | null> {
    if (!(await field.store.draft(project))) return null;
    const form = new ReportForm(field, project, null);
    await form.#resume();
    return form;
  }

  /** The form that says a refused report anew. */
  static async again(field: FieldState, old: KeptReport): Promise<ReportForm> {
    const form = new ReportForm(field, `again/${old.n}`, old);
    form.project = field.kit.projects.get(old.project) ?? null;
    form.stage = old.stage;
    form.progress = old.progress;
    form.note = old.note ?? '';
    await form.#show(old.photos);
    await form.#resume();
    return form;
  }

  /** When and where it was seen: a report said anew keeps what the first one had. */
  fix(now: number): Fix | null {
    if (!this.old) return this.#field.fix.forReport(now);
    const { fix, observed_at } = this.old;
    return fix && { ...fix, at: Date.parse(observed_at) };
  }

  doubts(now: number): Doubt[] {
    const { kit } = this.#field.kit;
    if (!kit || !this.project) return [];
    const observed_at = this.old ? Date.parse(this.old.observed_at) : now;
    return doubtsAbout(this.fix(now), this.project.places, kit.rule, { photos: this.photos, observed_at });
  }

  /** The stages that may be reported: as it is, then what it may become. Nobody can see that nothing was reported. */
  get stages(): readonly Stage[] {
    return this.project?.next_stages.filter((stage) => stage !== UNSEEN) ?? [];
  }

  get hasStage(): boolean {
    return this.stages.includes(this.stage);
  }

  choose(project: FieldProject): void {
    this.project = project;
    if (this.old && this.hasStage) return;
    this.stage = project.stage;
    this.progress = project.progress;
  }

  setStage(stage: Stage): void {
    const implied = impliedProgress(stage);
    if (implied !== null) this.progress = implied;
    else if (impliedProgress(this.stage) !== null) this.progress = this.project?.progress ?? null;
    this.stage = stage;
    if (this.fault === 'stage') this.fault = null;
    this.changed();
  }

  setProgress(value: number | null): void {
    this.progress = value === null || Number.isNaN(value) ? null : Math.min(100, Math.max(0, Math.round(value)));
    this.changed();
  }

  /** Reads photos to their last byte, so that nothing depends on the file any more, and keeps them. */
  async addPhotos(files: readonly File[]): Promise<void> {
    this.reading += 1;
    try {
      await this.#read(files);
    } finally {
      this.reading -= 1;
    }
    void this.#field.room.look();
  }

  async #read(files: readonly File[]): Promise<void> {
    this.fault = null;
    for (const file of files) {
      if (this.photos.length >= MAX_PHOTOS) {
        this.fault = 'many';
        return;
      }
      if (file.size > MAX_PHOTO_BYTES) {
        this.fault = 'size';
        continue;
      }
      let bytes: ArrayBuffer;
      try {
        bytes = await file.arrayBuffer();
      } catch {
        this.fault = 'unread';
        continue;
      }
      const type = photoType(new Uint8Array(bytes.slice(0, HEAD_BYTES)));
      if (!type) {
        this.fault = 'type';
        continue;
      }
      const blob = new Blob([bytes], { type });
      this.#isTouched = true;
      const photo = { id: newId(), name: file.name, type, bytes: blob.size, ...(await readTaken(bytes)) };
      this.#blobs.set(photo.id, blob);
      this.photos = [...this.photos, photo];
      this.#look(photo.id, blob);
      await this.#save(new Map([[photo.id, blob]]));
    }
  }

  removePhoto(id: string): void {
    this.photos = this.photos.filter((photo) => photo.id !== id);
    this.fault = null;
    this.changed();
  }

  /** Something was said: the draft follows in a moment. */
  changed(): void {
    this.#isTouched = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), DRAFT_MS);
  }

  /** Puts the report into the queue. False when the device could not keep it; the form stays as it is. */
  async keep(confirmed: boolean, now: number): Promise<boolean> {
    const { project } = this;
    if (!project || this.busy || this.reading > 0) return false;
    if (!this.hasStage) {
      this.fault = 'stage';
      return false;
    }
    this.busy = true;
    this.fault = null;
    clearTimeout(this.#timer);
    try {
      const report = this.#report(project, confirmed, now);
      await this.#field.store.keep(report, this.#blobs, this.#draft());
      this.#left = true;
      this.close();
      return true;
    } catch (error) {
      this.fault = faultOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** Throws the draft away; a refused report stays as it was. */
  async discard(): Promise<void> {
    this.#left = true;
    clearTimeout(this.#timer);
    await this.#field.store.dropDraft(this.key);
    this.close();
  }

  close(): void {
    if (!this.#left && this.#isTouched) void this.#save();
    clearTimeout(this.#timer);
    for (const address of this.shown.values()) URL.revokeObjectURL(address);
  }

  #report(project: FieldProject, confirmed: boolean, now: number): KeptReport {
    const photos = $state.snapshot(this.photos);
    const said: Said = {
      project: project.id,
      stage: this.stage,
      progress: this.progress,
      note: this.note.trim() || null,
      confirmed,
    };
    if (this.old) return saidAnew(this.old, newId(), said, project.name, photos);
    const user = this.#field.session.user!;
    return {
      ...said,
      id: newId(),
      user: user.name,
      user_name: user.display_name,
      project_name: project.name,
      observed_at: new Date(now).toISOString(),
      fix: fixOf(this.fix(now)),
      photos,
      state: 'waiting',
      body: null,
      refusal: null,
      healed: false,
      sent_at: null,
    };
  }

  #draft(): Draft {
    const { key, stage, progress, note, photos, old, project } = this;
    return {
      key,
      project: project?.id ?? old?.project ?? '',
      stage,
      progress,
      note,
      photos: $state.snapshot(photos),
      instead_of: old?.n ?? null,
    };
  }

  async #save(photos: ReadonlyMap<string, Blob> = new Map()): Promise<void> {
    if (this.#left) return;
    try {
      await this.#field.store.putDraft(this.#draft(), photos);
      for (const id of photos.keys()) this.#blobs.delete(id);
    } catch (error) {
      // The photos stay in memory, and the report can still be kept when there is room again.
      this.fault = faultOf(error);
    }
  }

  async #resume(): Promise<void> {
    const draft = await this.#field.store.draft(this.key);
    if (!draft) return;
    this.wasDraft = true;
    this.project = this.#field.kit.projects.get(draft.project) ?? this.project;
    if (this.stages.includes(draft.stage)) [this.stage, this.progress] = [draft.stage, draft.progress];
    this.note = draft.note;
    await this.#show(draft.photos);
  }

  async #show(photos: readonly KeptPhoto[]): Promise<void> {
    const there: KeptPhoto[] = [];
    for (const photo of photos) {
      const blob = await this.#field.store.photo(photo.id);
      if (!blob) continue;
      there.push(photo);
      this.#look(photo.id, blob);
    }
    this.photos = there;
  }

  #look(id: string, blob: Blob): void {
    if (!this.shown.has(id)) this.shown = new Map([...this.shown, [id, URL.createObjectURL(blob)]]);
  }
}

function faultOf(error: unknown): FormFault {
  return error instanceof DOMException && error.name === 'QuotaExceededError' ? 'full' : 'failed';
}
