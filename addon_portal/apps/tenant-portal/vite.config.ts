import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Where `npm run dev` finds a portal; the built page is served by the api process itself.
const PORTAL = process.env.ADDON_PORTAL_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  // Nothing may be inlined: the page is served with a Content-Security-Policy that allows its own files alone.
  // What is too large is told by scripts/bundle-size.mjs, for what a first visit loads.
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    target: "es2023",
    chunkSizeWarningLimit: 2000,
  },
  server: { proxy: { "/api": PORTAL } },
});
