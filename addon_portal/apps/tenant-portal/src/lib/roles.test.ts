import { expect, test } from "vitest";
import { rolesToGive, takingRefusal } from "@/lib/roles";

test("nobody gives a greater role than their own", () => {
  expect(rolesToGive("admin")).toEqual(["viewer", "member", "admin"]);
  expect(rolesToGive("operator")).toEqual(["viewer", "member", "admin", "operator"]);
  expect(rolesToGive("viewer")).toEqual(["viewer"]);
});

test("nothing is taken from somebody of a greater role, and it is said why", () => {
  expect(takingRefusal("admin", "operator")).toBe("It has the role operator, and yours is admin.");
  expect(takingRefusal("admin", "admin")).toBeNull();
  expect(takingRefusal("operator", "viewer")).toBeNull();
});
