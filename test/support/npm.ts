import { execFile } from "node:child_process";

export interface Npm {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs npm in `directory`, as somebody would who has no npm around this process. */
export function npm(args: readonly string[], directory: string): Promise<Npm> {
  return execute("npm", [...args], directory);
}

/** Runs a program to its end. Never rejects for its exit code. */
export function execute(program: string, args: readonly string[], directory: string): Promise<Npm> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_ENV$|VITEST)/i.test(name)),
  );
  return new Promise((resolve) => {
    execFile(
      program,
      args,
      { cwd: directory, env: env as NodeJS.ProcessEnv, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        const failed = typeof error?.code === "number" ? error.code : 1;
        resolve({ code: error === null ? 0 : failed, stdout, stderr });
      },
    );
  });
}
