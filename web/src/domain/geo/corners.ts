// The corners of drawn pieces one by one: named, moved, put in and taken away. A ring's closing point is none of its own.
import type { Position } from 'geojson';
import type { Position2 } from '../ring.ts';
import type { Piece, PieceType } from './pieces.ts';

/** Which corner: of which piece, of which of its rings (0 for a line), and its place there. */
export interface CornerRef {
  piece: number;
  ring: number;
  at: number;
}

/** Fewer corners than these make no shape. */
export const LEAST: Record<PieceType, number> = { Point: 1, LineString: 2, Polygon: 3 };

/** The paths of a piece as open lists of corners. */
export function pathsOf(piece: Piece): Position2[][] {
  if (piece.type === 'Point') return [[piece.coordinates as Position2]];
  if (piece.type === 'LineString') return [piece.coordinates as Position2[]];
  return (piece.coordinates as Position2[][]).map((ring) => ring.slice(0, -1));
}

function pieceOf(type: PieceType, paths: Position2[][]): Piece {
  if (type === 'Point') return { type, coordinates: paths[0]![0]! };
  if (type === 'LineString') return { type, coordinates: paths[0]! };
  return { type, coordinates: paths.map((ring) => [...ring, ring[0]!]) };
}

/** A piece from its corners; null when they are too few. */
export function pieceFrom(type: PieceType, corners: readonly Position2[]): Piece | null {
  return corners.length < LEAST[type] ? null : pieceOf(type, [[...corners]]);
}

export function cornerAt(pieces: readonly Piece[], { piece, ring, at }: CornerRef): Position2 | null {
  const there = pieces[piece];
  return (there && pathsOf(there)[ring]?.[at]) ?? null;
}

function changed(pieces: readonly Piece[], { piece, ring }: CornerRef, change: (path: Position2[]) => Position2[]) {
  return pieces.map((p, i) =>
    i === piece
      ? pieceOf(
          p.type,
          pathsOf(p).map((path, r) => (r === ring ? change(path) : path)),
        )
      : p,
  );
}

export function moveCorner(pieces: readonly Piece[], ref: CornerRef, to: Position2): Piece[] {
  return changed(pieces, ref, (path) => path.map((corner, i) => (i === ref.at ? to : corner)));
}

/** Whether the shape stands without one of its corners. */
export function canRemove(pieces: readonly Piece[], { piece, ring }: CornerRef): boolean {
  const there = pieces[piece];
  const length = there ? (pathsOf(there)[ring]?.length ?? 0) : 0;
  return there !== undefined && length > LEAST[there.type];
}

export function removeCorner(pieces: readonly Piece[], ref: CornerRef): Piece[] {
  if (!canRemove(pieces, ref)) return [...pieces];
  return changed(pieces, ref, (path) => path.filter((_, i) => i !== ref.at));
}

/** Puts a corner half way to the next one; at the end of a line as far on as the last step went. */
export function addCorner(pieces: readonly Piece[], ref: CornerRef): Piece[] {
  const isArea = pieces[ref.piece]?.type === 'Polygon';
  return changed(pieces, ref, (path) => {
    const here = path[ref.at]!;
    const next = path[ref.at + 1] ?? (isArea ? path[0]! : beyond(path[ref.at - 1] ?? here, here));
    const isEnd = !isArea && ref.at === path.length - 1;
    const put: Position2 = isEnd ? next : [(here[0] + next[0]) / 2, (here[1] + next[1]) / 2];
    return [...path.slice(0, ref.at + 1), put, ...path.slice(ref.at + 1)];
  });
}

function beyond([ax, ay]: Position2, [bx, by]: Position2): Position2 {
  return [bx + (bx - ax) / 2, by + (by - ay) / 2];
}

/** The corner nearest to a spot on the screen, when one is within reach. */
export function cornerNear(
  pieces: readonly Piece[],
  spot: { x: number; y: number },
  project: (at: Position2) => { x: number; y: number },
  reach_px: number,
): CornerRef | null {
  let best: { ref: CornerRef; off: number } | null = null;
  for (const [piece, p] of pieces.entries()) {
    for (const [ring, path] of pathsOf(p).entries()) {
      for (const [at, corner] of path.entries()) {
        const there = project(corner);
        const off = Math.hypot(there.x - spot.x, there.y - spot.y);
        if (off <= reach_px && off < (best?.off ?? Infinity)) best = { ref: { piece, ring, at }, off };
      }
    }
  }
  return best?.ref ?? null;
}

/** Whether two refs name the same corner. */
export function sameCorner(a: CornerRef | null, b: CornerRef | null): boolean {
  return a !== null && b !== null && a.piece === b.piece && a.ring === b.ring && a.at === b.at;
}

/** A position as people read it: north before east, to a decimetre. */
export function spoken(at: Position | null): string {
  return at ? `${at[1]!.toFixed(6)}, ${at[0]!.toFixed(6)}` : '';
}
