// What a photo says of itself, so that the phone can ask about it before the server does. The reader comes when it is needed.
import { takenAt } from '../../domain/field/exif.ts';
import type { Taken } from '../../domain/field/report.ts';

const DATE_TIME_ORIGINAL = 0x9003;
const OFFSET_TIME_ORIGINAL = 0x9011;
/** Times stay as they are written: the reader would take them for universal time. */
const OPTIONS = { exif: true, gps: true, reviveValues: false };

/** Nothing when the photo says nothing, or says it in a way that nobody understands. */
export async function readTaken(bytes: ArrayBuffer): Promise<Taken> {
  try {
    const { parse } = await import('exifr/dist/mini.esm.mjs');
    const told = await parse(bytes, OPTIONS);
    const [lon, lat] = [told?.longitude, told?.latitude];
    return {
      taken_at: takenAt(told?.[DATE_TIME_ORIGINAL], told?.[OFFSET_TIME_ORIGINAL]),
      position: Number.isFinite(lon) && Number.isFinite(lat) ? [lon!, lat!] : null,
    };
  } catch {
    return { taken_at: null, position: null };
  }
}
