import { shellMessages } from "../messages/shell.ts";

/**
 * The title of a page. It is rendered by the page, because a title from Next's metadata is updated only
 * after the page.
 */
export function PageTitle({ of }: { of?: string }) {
  return <title>{of ? `${of} · ${shellMessages.product}` : shellMessages.product}</title>;
}
