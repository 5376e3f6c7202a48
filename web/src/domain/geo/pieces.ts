// A geometry as the simple pieces that can be drawn one by one, and back.
import type { Geometry, LineString, Point, Polygon } from 'geojson';

export type Piece = Point | LineString | Polygon;
export type PieceType = Piece['type'];

export function piecesOf(geometry: Geometry): Piece[] {
  switch (geometry.type) {
    case 'MultiPoint':
      return geometry.coordinates.map((coordinates) => ({ type: 'Point', coordinates }));
    case 'MultiLineString':
      return geometry.coordinates.map((coordinates) => ({ type: 'LineString', coordinates }));
    case 'MultiPolygon':
      return geometry.coordinates.map((coordinates) => ({ type: 'Polygon', coordinates }));
    case 'GeometryCollection':
      return geometry.geometries.flatMap(piecesOf);
    default:
      return [geometry];
  }
}

/** How many points were set; the one that closes a ring is none of its own. */
export function pointCount(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => {
    if (piece.type === 'Point') return sum + 1;
    if (piece.type === 'LineString') return sum + piece.coordinates.length;
    return sum + piece.coordinates.reduce((ring, positions) => ring + positions.length - 1, 0);
  }, 0);
}

/** One piece as it is, several of a kind as a multi-geometry; null when there is none or they are of different kinds. */
export function joined(pieces: readonly Piece[]): Geometry | null {
  const [first] = pieces;
  if (!first || pieces.some((p) => p.type !== first.type)) return null;
  if (pieces.length === 1) return first;
  return { type: `Multi${first.type}`, coordinates: pieces.map((p) => p.coordinates) } as Geometry;
}

/** The same shape in the type that a collection of multi-geometries holds. */
export function asMulti(geometry: Geometry): Geometry {
  if (geometry.type.startsWith('Multi') || geometry.type === 'GeometryCollection') return geometry;
  const { type, coordinates } = geometry as Piece;
  return { type: `Multi${type}`, coordinates: [coordinates] } as Geometry;
}

/** The kind of piece that a collection of this geometry type is drawn with. */
export function pieceTypeOf(geometryType: string): PieceType {
  const simple = geometryType.replace(/^Multi/, '');
  return simple === 'Polygon' || simple === 'LineString' ? simple : 'Point';
}
