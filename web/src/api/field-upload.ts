// Sends a photo in pieces that survive a cut (tus 1.0): what arrived before it stays, and the next try goes on from there.
import { Upload, type DetailedError } from 'tus-js-client';
import { ApiError } from './client.ts';
import type { Problem } from './types.ts';

const UPLOADS = '/api/v1/uploads';
const CHUNK_BYTES = 512 * 1024;
/** Nothing moved for so long: the line is dead, even if the browser has not noticed. */
const STALL_MS = 45_000;

export interface Sending {
  /** Where it was begun; null: nowhere yet. */
  path: string | null;
  begun(path: string): void;
  progress(bytes: number): void;
}

/** Sends what is left of a photo; answers with its id. Fails with ApiError, status 0 when the line broke. */
export function uploadPhoto(photo: Blob, { path, begun, progress }: Sending): Promise<string> {
  return new Promise((done, fail) => {
    let timer: ReturnType<typeof setTimeout>;
    const upload = new Upload(photo, {
      // Without a place to begin anew, a lost upload is told instead of silently begun again.
      endpoint: path ? null : `${location.origin}${UPLOADS}`,
      uploadUrl: path && location.origin + path,
      chunkSize: CHUNK_BYTES,
      retryDelays: null,
      storeFingerprintForResuming: false,
      onUploadUrlAvailable: () => upload.url && begun(new URL(upload.url).pathname),
      onProgress: (bytes) => {
        alive();
        progress(bytes);
      },
      onSuccess: () => {
        clearTimeout(timer);
        done(idIn(upload.url!));
      },
      onError: (error) => {
        clearTimeout(timer);
        fail(errorOf(error));
      },
    });
    const alive = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        void upload.abort();
        fail(new ApiError(0, null));
      }, STALL_MS);
    };
    alive();
    upload.start();
  });
}

function idIn(url: string): string {
  return decodeURIComponent(new URL(url).pathname.split('/').at(-1)!);
}

function errorOf(error: Error | DetailedError): ApiError {
  const response = 'originalResponse' in error ? error.originalResponse : null;
  if (!response) return new ApiError(0, null);
  let problem: Problem | null = null;
  try {
    problem = JSON.parse(response.getBody()) as Problem;
  } catch {
    // A proxy's page or nothing: the status says enough.
  }
  return new ApiError(response.getStatus(), problem, Number(response.getHeader('retry-after')) || null);
}
