// The small build of the EXIF reader names tags by their numbers; the package's own types are of its large build.
declare module 'exifr/dist/mini.esm.mjs' {
  interface Told {
    [tag: number]: unknown;
    latitude?: number;
    longitude?: number;
  }
  export function parse(photo: Blob | ArrayBuffer, options: object): Promise<Told | undefined>;
}
