"use client";

import { ArrowUp } from "lucide-react";
import { Button } from "../kit/button.tsx";
import { useFormats } from "../kit/locale.tsx";
import { adminMessages } from "../messages/admin.ts";

/**
 * Offers new rows instead of pushing them in under the pointer. It lies over the head of the table, so
 * that it moves nothing either.
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
