/** Sending a file with word of how far it is, which `fetch` does not give. What goes wrong is an `ApiProblem`, as in `api.ts`. */
import { answerFrom, headersFor, loggedOut, noAnswer } from "@/lib/api";

export type Sent = { sent: number; total: number };

/** The answer's data. Aborted, it rejects with the signal's reason. */
export function putFile<T>(
  path: string,
  file: Blob,
  onProgress: (sent: Sent) => void,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const request = new XMLHttpRequest();
    request.open("PUT", path);
    for (const [name, value] of Object.entries(headersFor("PUT"))) request.setRequestHeader(name, value);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => onProgress({ sent: loaded, total });
    request.onload = () => {
      if (request.status === 401) loggedOut();
      try {
        resolve(answerFrom<T>(request.status, request.statusText, request.responseText));
      } catch (problem) {
        reject(problem);
      }
    };
    request.onerror = () => reject(noAnswer());
    request.onabort = () => reject(signal.reason);
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}
