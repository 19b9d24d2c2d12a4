"use client";

import ErrorPage from "./(main)/error.tsx";

export default function RootError(props: { error: Error; reset: () => void }) {
  return (
    <main>
      <ErrorPage {...props} />
    </main>
  );
}
