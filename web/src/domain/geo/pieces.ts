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

/** One piece as it is, several of a kind as a multi-geometry; null when there is none or they are of different kinds. */
export function joined(pieces: readonly Piece[]): Geometry | null {
  const [first] = pieces;
  if (!first || pieces.some((p) => p.type !== first.type)) return null;
  if (pieces.length === 1) return first;
  return { type: `Multi${first.type}`, coordinates: pieces.map((p) => p.coordinates) } as Geometry;
}

/** The kind of piece that a collection of this geometry type is drawn with. */
export function pieceTypeOf(geometryType: string): PieceType {
  const simple = geometryType.replace(/^Multi/, '');
  return simple === 'Polygon' || simple === 'LineString' ? simple : 'Point';
}
