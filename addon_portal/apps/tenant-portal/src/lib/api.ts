/**
 * The one way to the API: typed by its own description, with the session's token on everything that changes something.
 * Promises that whatever goes wrong is a `Problem`, with a sentence to show; also when there was no answer at all.
 */
import createClient from "openapi-fetch";
import { noteServerTime } from "@/lib/clock";
import type { components, paths } from "@/lib/schema.gen";
import { noteRefusal, tenantHeader } from "@/lib/shown-tenant";

export type Schemas = components["schemas"];
export type Problem = Schemas["Problem"] & { [field: string]: unknown };

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

let csrfToken: string | null = null;
let onLoggedOut = () => {};

/** What a session's answer brings; everything that is not a reading needs it. */
export function keepCsrfToken(token: string | null) {
  csrfToken = token;
}

/** Told when an answer says that nobody is logged in (any more). */
export function whenLoggedOut(listener: () => void) {
  onLoggedOut = listener;
}

export const loggedOut = () => onLoggedOut();

export class ApiProblem extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = "ApiProblem";
    this.problem = problem;
  }

  get code() {
    return this.problem.code;
  }
}

const NO_ANSWER: Problem = {
  type: "about:blank",
  title: "No answer",
  status: 0,
  code: "no_answer",
  detail: "The portal did not answer. Whether it received the request is not known.",
  problems: [],
};

/** Anything that was thrown, as something that can be shown. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ApiProblem) return error.problem;
  return { ...NO_ANSWER, title: "Something is wrong with this page", code: "page", detail: String(error) };
}

/** What is wrong with one field, where its name stands beside it. */
export const problemText = ({ expected, got }: { expected: string; got: string }) =>
  `Expected ${expected}, got ${got}.`;

/** What every request of the page says beside its cookie; for what cannot go through `client`. */
export const headersFor = (method: string): Record<string, string> => ({
  ...tenantHeader(),
  ...(csrfToken && !SAFE.has(method) && { "X-CSRF-Token": csrfToken }),
});

export const noAnswer = () => new ApiProblem(NO_ANSWER);

export const client = createClient<paths>({ baseUrl: "/" });

client.use({
  onRequest({ request }) {
    for (const [name, value] of Object.entries(headersFor(request.method))) request.headers.set(name, value);
    return request;
  },
  onResponse({ response }) {
    noteServerTime(response.headers.get("date"));
    if (response.status === 401) onLoggedOut();
  },
  onError() {
    return noAnswer();
  },
});

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The data of an answer; throws an ApiProblem otherwise. */
export async function answerOf<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (response.ok) return data as T;
  throw refusalOf(error, response);
}

/** As `answerOf`, of an answer that came as text. */
export function answerFrom<T>(status: number, statusText: string, text: string): T {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ApiProblem(unexpected({ status, statusText }));
  }
  if (status >= 200 && status < 300) return body as T;
  throw refusalOf(body, { status, statusText });
}

function refusalOf(body: unknown, response: Pick<Response, "status" | "statusText">): ApiProblem {
  if (!isProblem(body)) return new ApiProblem(unexpected(response));
  noteRefusal(body);
  return new ApiProblem(body);
}

function isProblem(error: unknown): error is Problem {
  return typeof error === "object" && error !== null && "code" in error && "detail" in error;
}

/** What stands between the page and the portal answers in its own words. */
function unexpected(response: Pick<Response, "status" | "statusText">): Problem {
  const detail = `The answer was ${response.status} ${response.statusText}, and not in the portal's words: something between this page and the portal gave it.`;
  return { ...NO_ANSWER, status: response.status, code: "unexpected_answer", title: "Not the portal's answer", detail };
}
