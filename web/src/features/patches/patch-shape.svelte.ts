// The shape of a patch in hand: drawn piece by piece, or taken from a feature of the map and kept as that has it.
import type { Geometry } from 'geojson';
import { joined, piecesOf, type Piece, type PieceType } from '../../domain/geo/pieces.ts';
import { pieceTypeFor, type PatchRole } from '../../domain/patch.ts';
import type { PlaceEditor } from '../../map/place-editor.ts';
import type { RecordEdit } from '../../state/record-edit.svelte.ts';

export class PatchShape {
  pieces = $state.raw<Piece[]>([]);
  readonly #edit: RecordEdit;
  /** What is there is drawn on as what it is; an empty ground by what the patch is. */
  readonly type: PieceType = $derived.by(
    () => this.pieces[0]?.type ?? pieceTypeFor(this.#edit.form['role'] as PatchRole),
  );
  /** While the drawing is given a shape it tells that as a change, with fewer digits; such a change is none. */
  #settling = false;

  constructor(edit: RecordEdit) {
    this.#edit = edit;
    const text = edit.form['geometry'] as string;
    this.pieces = text ? piecesOf(JSON.parse(text) as Geometry) : [];
  }

  /** Hands the shape to the drawing on the map. */
  show(editor: PlaceEditor): void {
    this.#settling = true;
    editor.show(this.pieces);
    this.#settling = false;
    editor.tool(this.pieces.length ? 'select' : 'draw', this.type);
  }

  /** Takes what was drawn. */
  drawn(pieces: Piece[]): void {
    this.pieces = pieces;
    if (this.#settling) return;
    const geometry = joined(pieces);
    this.#edit.form['geometry'] = geometry ? JSON.stringify(geometry) : '';
  }

  /** Takes the shape of a feature as it is, with all its digits. */
  take(geometry: Geometry, editor: PlaceEditor): void {
    this.pieces = piecesOf(geometry);
    this.show(editor);
    this.#edit.form['geometry'] = JSON.stringify(geometry);
  }
}
