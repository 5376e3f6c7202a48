// Writes RGBA pixels as a PNG that is small: the rasteriser's own writer is made for speed, and a phone has to fetch it.
import { crc32, deflateSync } from 'node:zlib';

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

type Colour = [red: number, green: number, blue: number, alpha: number];

/** As many colours as one byte can name. */
const PALETTE = 256;

function colourAt(pixels: Uint8Array, i: number): Colour {
  const alpha = pixels[i * 4 + 3]!;
  return alpha === 0 ? [0, 0, 0, 0] : [pixels[i * 4]!, pixels[i * 4 + 1]!, pixels[i * 4 + 2]!, alpha];
}

/**
 * The most frequent colours stay exact: they are the fills that carry meaning. What is left are the soft edges of drawn
 * shapes; each takes the nearest colour there is.
 */
function paletted(pixels: Uint8Array): { palette: Colour[]; indices: Uint8Array } {
  const all = new Map<string, { colour: Colour; count: number }>();
  const indices = new Uint8Array(pixels.length / 4);
  for (let i = 0; i < indices.length; i++) {
    const colour = colourAt(pixels, i);
    const key = colour.join();
    const known = all.get(key);
    if (known) known.count += 1;
    else all.set(key, { colour, count: 1 });
  }
  const palette = [...all.values()]
    .sort((a, b) => b.count - a.count)
    .slice(0, PALETTE)
    .map((c) => c.colour);
  const nearest = new Map([...all].map(([key, { colour }]) => [key, nearestOf(palette, colour)]));
  for (let i = 0; i < indices.length; i++) indices[i] = nearest.get(colourAt(pixels, i).join())!;
  return { palette, indices };
}

function nearestOf(palette: Colour[], colour: Colour): number {
  const off = (other: Colour) => other.reduce((sum, value, i) => sum + (value - colour[i]!) ** 2, 0);
  return palette.reduce((best, other, i) => (off(other) < off(palette[best]!) ? i : best), 0);
}

/** `pixels` are straight RGBA, row by row. */
export function pngOf(pixels: Uint8Array, width: number, height: number): Uint8Array {
  const { palette, indices } = paletted(pixels);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap(([red, green, blue]) => [red, green, blue]));
  const alphas = Buffer.from(palette.map((colour) => colour[3]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) rows.set(indices.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('tRNS', alphas),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', new Uint8Array()),
  ]);
}
