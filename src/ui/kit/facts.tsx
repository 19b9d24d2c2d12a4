import { Fragment } from "react";

/** Facts on one line, or on several: none is broken, and a line never begins with a separator. */
export function Facts({ of: facts }: { of: readonly string[] }) {
  return facts.map((fact, at) => (
    <Fragment key={fact}>
      <span className="whitespace-nowrap">{at < facts.length - 1 ? `${fact} ·` : fact}</span>{" "}
    </Fragment>
  ));
}
