"use client";

import { ArrowUp } from "lucide-react";
import { Button } from "../kit/button.tsx";
import { useFormats } from "../kit/locale.tsx";
import { adminMessages } from "../messages/admin.ts";

/**
 * A button that shows new rows, so that rows do not move under the pointer. It is positioned over the
 * header of the table, so that it does not move the rows either.
 */
export function FreshRows({ count, onShow }: { count: number; onShow: () => void }) {
  const formats = useFormats();
  return (
    <div
      role="status"
      className="pointer-events-none absolute inset-x-0 top-0 z-10 flex -translate-y-6 justify-center empty:hidden"
    >
      {count > 0 && (
        <Button
          look="primary"
          size="small"
          className="pointer-events-auto shadow-md"
          aria-label={adminMessages.showFresh(count, formats)}
          onClick={onShow}
        >
          <ArrowUp aria-hidden />
          {adminMessages.fresh(count, formats)}
        </Button>
      )}
    </div>
  );
}
