import { mergeConfig } from "vite";
import { defineConfig } from "vitest/config";
import page from "./vite.config";

export default mergeConfig(
  page,
  // A browser's surroundings cost a second for each file: tests of components ask for them, `@vitest-environment jsdom`.
  defineConfig({
    test: {
      environment: "node",
      include: ["src/**/*.test.{ts,tsx}"],
      setupFiles: ["src/testing/setup.ts"],
      // Only what hangs is to be ended: beside other tests a second becomes ten.
      testTimeout: 60_000,
    },
  }),
);
