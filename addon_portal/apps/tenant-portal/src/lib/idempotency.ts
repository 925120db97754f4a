/** A name for one decision of a person: however often it is sent, it is carried out once. */
export function newIdempotencyKey(): string {
  // Not crypto.randomUUID, which browsers keep from pages that are served without TLS.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `page-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
