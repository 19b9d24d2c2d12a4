import { notFound } from "next/navigation";

/** All other paths: shows the "not found" page inside the frame with the navigation. */
export default function Missing(): never {
  notFound();
}
