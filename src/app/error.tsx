"use client";

import { BareFrame } from "../ui/shell/bare-frame.tsx";
import ErrorPage from "./(main)/error.tsx";

/** For errors in the frame itself, for example if the session cannot be read. */
export default function RootError(props: { error: Error; retry: () => void }) {
  return (
    <BareFrame>
      <ErrorPage {...props} />
    </BareFrame>
  );
}
