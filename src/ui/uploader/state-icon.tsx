import {
  Check,
  CircleAlert,
  Clock,
  LoaderCircle,
  Pause,
  TriangleAlert,
  Upload,
  X,
} from "lucide-react";
import type { UploadHold, UploadPhase } from "../../client/snapshot.ts";

const icons = {
  waiting: Clock,
  verifying: LoaderCircle,
  uploading: Upload,
  completing: LoaderCircle,
  done: Check,
  paused: Pause,
  failed: CircleAlert,
  cancelled: X,
} satisfies Record<UploadPhase, typeof Check>;

/** The state as an icon, so that colour is not the only signal. */
export function StateIcon({ phase, hold }: { phase: UploadPhase; hold: UploadHold | null }) {
  const Icon = hold === null ? icons[phase] : TriangleAlert;
  return <Icon aria-hidden />;
}
