import { notFound } from "next/navigation";

/** Any other address: who is signed in finds nothing within the frame, with the way to the rest. */
export default function Missing(): never {
  notFound();
}
