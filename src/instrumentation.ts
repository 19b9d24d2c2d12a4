/** Next runs this once as it starts, so that an application on Next alone sweeps and delivers too. */
export async function register(): Promise<void> {
  // biome-ignore lint/style/noProcessEnv: Next tells its runtimes apart by this variable, replaced at build time
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { startUnderNext } = await import("./server/start-under-next.ts");
    await startUnderNext();
  }
}
