import { Fragment } from "react";

/** Texts separated by dots. Lines wrap only between texts and never start with a separator. */
export function Facts({ of: facts }: { of: readonly string[] }) {
  return facts.map((fact, at) => (
    <Fragment key={fact}>
      <span className="whitespace-nowrap">{at < facts.length - 1 ? `${fact} ·` : fact}</span>{" "}
    </Fragment>
  ));
}
