"use client";

import { BareFrame } from "../ui/shell/bare-frame.tsx";
import ErrorPage from "./(main)/error.tsx";

/** For what breaks in the frame itself, as when it cannot be told who is signed in. */
export default function RootError(props: { error: Error; retry: () => void }) {
  return (
    <BareFrame>
      <ErrorPage {...props} />
    </BareFrame>
  );
}
