import NotFound from "./(main)/not-found.tsx";

export default function RootNotFound() {
  return (
    <main>
      <NotFound />
    </main>
  );
}
