import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // The digests' worker is a file beside the package's code, where Vite finds it by itself.
  optimizeDeps: { exclude: ["trpc-chunked-upload"] },
});
