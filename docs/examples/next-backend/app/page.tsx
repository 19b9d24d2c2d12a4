import { Uploader } from "./uploader";

export default function Page() {
  return (
    <main>
      <h1>Send us a file</h1>
      <Uploader />
    </main>
  );
}
