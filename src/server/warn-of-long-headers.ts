import type { ServerResponse } from "node:http";
import type { Logger } from "../core/ports/system.ts";

/** Many proxies have room for 4 KiB, the status line included (nginx: `proxy_buffer_size`). */
const USUAL_BUFFER_BYTES = 3_584;

/**
 * Makes a function that looks at a response and warns when its header is longer than a proxy's usual
 * buffer: the proxy then responds with 502 in its place. It warns once in the life of the process.
 */
export function createHeaderWarning(log: Logger): (response: ServerResponse) => void {
  let hasWarned = false;
  return (response) => {
    if (hasWarned) return;
    response.once("finish", () => {
      const bytes = headerBytes(response);
      if (hasWarned || bytes <= USUAL_BUFFER_BYTES) return;
      hasWarned = true;
      log.warn(
        { bytes },
        "The header of a response is longer than the buffer that many proxies have for it (nginx: proxy_buffer_size). Such a proxy responds with 502.",
      );
    });
  };
}

function headerBytes(response: ServerResponse): number {
  const separators = 4;
  return Object.entries(response.getHeaders()).reduce((sum, [name, value]) => {
    const values = Array.isArray(value) ? value : [String(value)];
    return sum + values.reduce((all, one) => all + name.length + one.length + separators, 0);
  }, 0);
}
