import { type Command, CommanderError } from "commander";
import { createProgram } from "./program.ts";

/** The operator's command line: `npm run cli -- <command>`. */
async function main(program: Command): Promise<void> {
  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode;
      return;
    }
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

// The reader of the output may close it early (`cli verify | head`).
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 1);
});
await main(createProgram());
