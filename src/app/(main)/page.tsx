import { getApplication } from "../../server/get-application.ts";
import { OwnFiles } from "../../ui/files/own-files.tsx";
import { PageTitle } from "../../ui/shell/page-title.tsx";
import { Uploader } from "../../ui/uploader/uploader.tsx";
import { requireUser } from "./require-user.ts";

export default async function FilesPage() {
  const user = await requireUser("/");
  const { largestFile } = await getApplication();
  return (
    <>
      <PageTitle />
      <Uploader maxBytes={await largestFile(user)} />
      <OwnFiles />
    </>
  );
}
