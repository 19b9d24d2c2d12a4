import { serveWeb } from "../../../../server/web-mount.ts";

export const dynamic = "force-dynamic";

export {
  serveWeb as GET,
  serveWeb as HEAD,
  serveWeb as POST,
  serveWeb as PUT,
  serveWeb as PATCH,
  serveWeb as DELETE,
  serveWeb as OPTIONS,
};
