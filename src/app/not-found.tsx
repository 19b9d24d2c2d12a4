import { BareFrame } from "../ui/shell/bare-frame.tsx";
import NotFound from "./(main)/not-found.tsx";

export default function RootNotFound() {
  return (
    <BareFrame>
      <NotFound />
    </BareFrame>
  );
}
