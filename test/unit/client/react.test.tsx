import { renderToString } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { createUploadClient } from "../../../src/client/browser/index.ts";
import {
  type Dropzone,
  UploadDropzone,
  useUpload,
  useUploads,
} from "../../../src/client/react/index.ts";

const client = createUploadClient({ url: "https://files.example.com" });

function Page() {
  const { items, totals } = useUploads(client);
  const snapshot = useUpload(null);
  return (
    <UploadDropzone onFiles={() => undefined} accept="image/*">
      {({ rootProps, inputProps }) => (
        <div {...rootProps}>
          <input {...inputProps} />
          {items.length} of {totals.files}, {snapshot === null ? "none" : snapshot.phase}
        </div>
      )}
    </UploadDropzone>
  );
}

describe("React on a server", () => {
  it("renders the dropzone, a queue and an upload without a browser", () => {
    const html = renderToString(<Page />);
    expect(html).toContain('role="button"');
    expect(html).toContain('tabindex="0"');
    expect(html).toMatch(/<input[^>]+type="file"[^>]+accept="image\/\*"/);
    expect(html).toContain("none");
  });

  it("cannot be used or focused while it is disabled", () => {
    let seen: Dropzone | null = null;
    const zone = (given: Dropzone) => {
      seen = given;
      return null;
    };
    renderToString(
      <UploadDropzone disabled onFiles={() => undefined}>
        {zone}
      </UploadDropzone>,
    );
    expect(seen).toMatchObject({
      isDragging: false,
      rootProps: { tabIndex: -1, "aria-disabled": true },
      inputProps: { disabled: true, hidden: true },
    });
  });
});
