import { shellMessages } from "../messages/shell.ts";

/**
 * The title of a page, rendered by the page itself: both come and go in one step, while a title
 * from Next's metadata follows its page a moment later and leaves it nameless until then.
 */
export function PageTitle({ of }: { of?: string }) {
  return <title>{of ? `${of} · ${shellMessages.product}` : shellMessages.product}</title>;
}
