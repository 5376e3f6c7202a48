// The state of one place being edited: which feature, what is drawn, how well it is known, and how it is saved.
import { ApiError } from '../../api/client.ts';
import type { FeatureEdit, Violation, Problem } from '../../api/types.ts';
import type { PlanFeature, Project } from '../../api/types.ts';
import {
  createFeature,
  deleteFeature,
  findFeature,
  patchFeature,
  type PlaceCollection,
  type Version,
} from '../../api/write.ts';
import { patchOf, same } from '../../domain/edit/compare.ts';
import { bothOf, filled } from '../../domain/edit/form.ts';
import { readNumber } from '../../domain/number-text.ts';
import { asMulti, joined, pieceTypeOf, piecesOf, type Piece, type PieceType } from '../../domain/geo/pieces.ts';
import type { Position, Text } from '../../domain/vocab.ts';
import type { SessionState } from '../../state/session.svelte.ts';
import { SubmitKey } from '../../state/submit.ts';

export interface PlaceForm {
  position: Position;
  accuracy: string;
  basis: Text;
}
/** A collection that a new place can go into. */
export interface Home {
  id: string;
  title: Text;
  piece: PieceType;
  /** Whether the collection holds multi-geometries, also of a single piece. */
  multi: boolean;
}

export class PlaceEdit {
  form = $state<PlaceForm>({ position: 'surveyed', accuracy: '', basis: { zh: '', en: '' } });
  pieces = $state.raw<Piece[]>([]);
  home = $state.raw<Home | null>(null);
  busy = $state(false);
  error = $state('');
  violations = $state.raw<Violation[]>([]);
  accuracyWrong = $state(false);
  /** Somebody else saved this place after we opened it. */
  stale = $state(false);
  readonly type: PieceType = $derived.by(() => this.home?.piece ?? this.pieces[0]?.type ?? 'Point');
  readonly dirty: boolean = $derived.by(
    () => !same($state.snapshot(this.form), this.#form) || !same(this.pieces, this.#pieces),
  );
  #form = $state.raw<PlaceForm>({ position: 'surveyed', accuracy: '', basis: { zh: '', en: '' } });
  #pieces = $state.raw<Piece[]>([]);
  #feature = $state.raw<{ collection: string; id: string; feature: FeatureEdit; version: Version } | null>(null);
  readonly #session: SessionState;
  readonly #key = new SubmitKey();

  constructor(session: SessionState) {
    this.#session = session;
  }

  get isNew(): boolean {
    return this.#feature === null;
  }

  /** Opens a saved place; its version is asked for, so that a stale one is noticed on saving. */
  async open({ id, properties }: PlanFeature): Promise<void> {
    const { collection } = properties;
    const found = await this.#session.keeping(() => findFeature(collection, String(id)));
    this.#feature = { collection, id: String(id), ...found };
    this.home = null;
    const { position, accuracy_m, basis_zh, basis_en } = found.feature.properties;
    const basis = bothOf({ zh: basis_zh ?? '', en: basis_en ?? '' });
    this.#start({ position, accuracy: String(accuracy_m), basis }, piecesOf(found.feature.geometry));
  }

  begin(home: Home): void {
    this.#feature = null;
    this.home = home;
    this.#start({ position: 'surveyed', accuracy: '', basis: { zh: '', en: '' } }, []);
  }

  #start(form: PlaceForm, pieces: Piece[]): void {
    this.form = form;
    this.#form = structuredClone(form);
    this.pieces = this.#pieces = pieces;
    this.error = '';
    this.violations = [];
    this.stale = false;
    this.accuracyWrong = false;
  }

  /** The drawing library rounds what it is given; that is no change. */
  settle(pieces: Piece[]): void {
    this.pieces = this.#pieces = pieces;
  }

  #properties() {
    const { position, accuracy, basis } = this.form;
    const accuracy_m = accuracy.trim() === '' && position === 'surveyed' ? 0 : readNumber(accuracy);
    const said = filled(basis);
    return { position, accuracy_m, basis_zh: said?.zh ?? null, basis_en: said?.en ?? null };
  }

  /** What is drawn, in the type that its collection holds. */
  #geometry() {
    const geometry = joined(this.pieces);
    const multi = this.home?.multi ?? this.#feature?.feature.geometry.type.startsWith('Multi') ?? false;
    return geometry && multi ? asMulti(geometry) : geometry;
  }

  async save(project: Project): Promise<boolean> {
    const geometry = this.#geometry();
    const properties = this.#properties();
    this.accuracyWrong = !(properties.accuracy_m >= 0);
    if (!geometry || this.accuracyWrong) return false;
    return this.#doing(async () => {
      const there = this.#feature;
      if (!there) {
        const { zh: name_zh, en: name_en } = project.name;
        const about = { project: project.id, name_zh, name_en, class: null, ...properties };
        const feature: FeatureEdit = { type: 'Feature', geometry, properties: about };
        await createFeature(this.home!.id, feature, { key: this.#key.for(feature) });
        return;
      }
      const patch = {
        ...(same(this.pieces, this.#pieces) ? {} : { geometry }),
        ...changedOf(there.feature.properties, properties),
      };
      const { version } = there;
      await patchFeature(there.collection, there.id, patch, { version, key: this.#key.for({ version, patch }) });
    });
  }

  async remove(): Promise<boolean> {
    const there = this.#feature;
    if (!there) return false;
    return this.#doing(async () => {
      await deleteFeature(there.collection, there.id, { version: there.version, key: this.#key.for(there.version) });
    });
  }

  /** Takes the newer version as the base, so that saving puts ours over it. */
  async over(): Promise<void> {
    const there = this.#feature;
    if (!there) return;
    const found = await findFeature(there.collection, there.id);
    this.#feature = { ...there, ...found };
    this.stale = false;
  }

  async #doing(work: () => Promise<void>): Promise<boolean> {
    this.busy = true;
    this.error = '';
    this.violations = [];
    try {
      await this.#session.keeping(work);
      this.#key.done();
      return true;
    } catch (error) {
      this.stale = error instanceof ApiError && error.status === 412;
      this.violations = (error instanceof ApiError && (error.problem as Problem | null)?.violations) || [];
      this.error = this.stale ? '' : error instanceof Error ? error.message : '';
      return false;
    } finally {
      this.busy = false;
    }
  }
}

function changedOf(before: FeatureEdit['properties'], after: object): { properties?: object } {
  const now = Object.fromEntries(Object.keys(after).map((key) => [key, before[key as keyof typeof before] ?? null]));
  const properties = patchOf(now, after as Record<string, unknown>);
  return properties ? { properties } : {};
}

/** Where new places of a kind can go: the collections of that kind. */
export function homesFor(kind: string, collections: readonly PlaceCollection[]): Home[] {
  return collections
    .filter(({ record }) => record.kind === kind)
    .map(({ id, record }) => ({
      id,
      title: record.title,
      piece: pieceTypeOf(record.geometry_type),
      multi: record.geometry_type.startsWith('Multi'),
    }));
}
