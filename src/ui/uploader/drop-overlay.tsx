import { UploadCloud } from "lucide-react";
import { uploaderMessages } from "../messages/uploader.ts";

/** Covers the page while files are dragged over it. */
export function DropOverlay() {
  return (
    <div
      aria-hidden
      className="pointer-events-none fixed inset-0 z-50 bg-background/80 p-3 backdrop-blur-sm sm:p-6"
    >
      <div className="flex size-full flex-col items-center justify-center gap-3 rounded-3xl border-2 border-primary border-dashed bg-primary/5 text-center">
        <UploadCloud className="size-12 text-primary" />
        <p className="font-semibold text-2xl tracking-tight">{uploaderMessages.overlay}</p>
        <p className="px-6 text-muted-foreground">{uploaderMessages.overlayHint}</p>
      </div>
    </div>
  );
}
