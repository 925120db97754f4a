import { expect, it } from "vitest";
import { ApiProblem } from "@/lib/api";
import { atFields } from "@/lib/field-problems";

const FIELDS = ["name", "url"] as const;
const refused = (code: string, ...fields: string[]) =>
  new ApiProblem({
    type: "about:blank",
    title: "Refused",
    status: 422,
    code,
    detail: "It is taken.",
    problems: fields.map((field) => ({ field, expected: "this", got: "that" })),
  });

it("what is wrong with fields stands at them, and nowhere else", () => {
  const told = atFields(refused("invalid_request", "url", "name"), FIELDS);
  expect(told).toEqual({ errors: { url: "Expected this, got that.", name: "Expected this, got that." }, rest: null });
  const taken = atFields(refused("name_taken"), FIELDS);
  expect(taken).toEqual({ errors: { name: "It is taken." }, rest: null });
});

it("what is wrong elsewhere is not lost", () => {
  const error = refused("invalid_request", "url", "events");
  expect(atFields(error, FIELDS)).toEqual({ errors: { url: "Expected this, got that." }, rest: error });
  expect(atFields(new Error("no answer"), FIELDS)).toMatchObject({ errors: {}, rest: expect.any(Error) });
  expect(atFields(null, FIELDS)).toEqual({ errors: {}, rest: null });
});
