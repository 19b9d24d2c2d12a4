// The published types bring those of Express along.
declare module "compression" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  function compression(options?: {
    /** Whether a response, whose headers are set by then, is compressed. */
    filter?: (request: IncomingMessage, response: ServerResponse) => boolean;
    /** Bytes; shorter responses are sent as they are. */
    threshold?: number;
  }): (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
  export = compression;
}
