import { describe, expect, it } from "vitest";
import { bulkFilterOf } from "@/lib/project-bulk";

describe("a list of projects as a restart of all of them", () => {
  it("has the same conditions", () => {
    expect(bulkFilterOf({ standings: ["failed"], search: "import" })).toEqual({
      state: ["failed"],
      outcome: ["failure"],
      search: "import",
    });
    expect(bulkFilterOf({ standings: ["failed", "unknown", "cancelled"] })).toEqual({ state: ["failed", "cancelled"] });
    expect(bulkFilterOf({ standings: ["unknown", "completed"] })).toEqual({
      state: ["failed", "completed"],
      outcome: ["unknown", "success"],
    });
  });

  it("is none where no end was asked for, or where it would restart others than those that are seen", () => {
    expect(bulkFilterOf({ search: "import" })).toBeNull();
    expect(bulkFilterOf({ standings: ["running", "never_run"] })).toBeNull();
    expect(bulkFilterOf({ standings: ["failed"], attention: true })).toBeNull();
    expect(bulkFilterOf({ standings: ["failed", "cancelled"] })).toBeNull();
  });

  it("leaves out what has not ended", () => {
    expect(bulkFilterOf({ standings: ["running", "completed"] })).toEqual({ state: ["completed"] });
  });
});
