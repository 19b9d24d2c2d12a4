import {
  type ChangeEvent,
  type DragEvent,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type RefObject,
  useRef,
  useState,
} from "react";
import { type FoundFile, readDrop } from "./read-drop.ts";

export interface UploadDropzoneProps {
  /** Told what was chosen or dropped; of folders all that lies in them. */
  readonly onFiles: (files: readonly FoundFile[]) => void;
  /** Told the names of what could not be read. */
  readonly onUnreadable?: (names: readonly string[]) => void;
  /** As an `<input>`'s `accept`. It filters what is offered for choosing; the server judges. */
  readonly accept?: string;
  /** true unless told. */
  readonly multiple?: boolean;
  /** Choose a folder instead of files. (Folders may be dropped either way.) */
  readonly directory?: boolean;
  readonly disabled?: boolean;
  readonly children: (zone: Dropzone) => ReactNode;
}

/** What the render function spreads where it likes. */
export interface Dropzone {
  /** Whether files hover over it. */
  readonly isDragging: boolean;
  /** For the element that takes drops, and opens the choice when it is clicked or Enter or Space is pressed. */
  readonly rootProps: RootProps;
  /** For an `<input>` anywhere within. It is hidden: the root is what is seen and focused. */
  readonly inputProps: InputProps;
  /** Opens the choice, for a button of one's own. */
  readonly open: () => void;
}

export interface RootProps {
  readonly role: "button";
  readonly tabIndex: number;
  readonly "aria-disabled": boolean;
  readonly "data-dragging": boolean | undefined;
  readonly onClick: (event: MouseEvent) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onDragEnter: (event: DragEvent) => void;
  readonly onDragOver: (event: DragEvent) => void;
  readonly onDragLeave: (event: DragEvent) => void;
  readonly onDrop: (event: DragEvent) => void;
}

export interface InputProps {
  readonly ref: RefObject<HTMLInputElement | null>;
  readonly type: "file";
  readonly hidden: true;
  readonly tabIndex: -1;
  readonly multiple: boolean;
  readonly accept: string | undefined;
  readonly disabled: boolean;
  readonly onClick: (event: MouseEvent) => void;
  readonly onChange: (event: ChangeEvent<HTMLInputElement>) => void;
}

/**
 * A place to drop or choose files, without any looks: the render function gives it those. May be
 * rendered on a server.
 */
export function UploadDropzone(props: UploadDropzoneProps): ReactNode {
  const { onFiles, onUnreadable, disabled = false, children } = props;
  const input = useRef<HTMLInputElement>(null);
  const open = () => {
    if (!disabled) input.current?.click();
  };
  const take = async (transfer: DataTransfer) => {
    const { files, unreadable } = await readDrop(transfer);
    if (unreadable.length > 0) onUnreadable?.(unreadable);
    if (files.length > 0) onFiles(props.multiple === false ? files.slice(0, 1) : files);
  };
  const { isDragging, dragProps } = useDragging((transfer) => void take(transfer), disabled);
  return children({
    isDragging,
    open,
    rootProps: {
      ...dragProps,
      ...buttonProps(open, disabled),
      "data-dragging": isDragging || undefined,
    },
    inputProps: inputProps(props, input),
  });
}

/** What makes any element a button for everybody, keyboard and screen reader included. */
function buttonProps(open: () => void, disabled: boolean) {
  return {
    role: "button" as const,
    tabIndex: disabled ? -1 : 0,
    "aria-disabled": disabled,
    onClick: (event: MouseEvent) => {
      if (isOfRoot(event)) open();
    },
    onKeyDown: (event: KeyboardEvent) => {
      // A button within the root speaks for itself.
      if (event.target !== event.currentTarget) return;
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      open();
    },
  };
}

const controls = "a, button, input, label, select, summary, textarea, [role=button]";

/** Not of a control within the root, nor of a dialog that React, but not the page, has within it. */
function isOfRoot({ target, currentTarget }: MouseEvent): boolean {
  // Of whichever window it is: an `instanceof` would know this one's only.
  const clicked = target as Element;
  if (!currentTarget.contains(clicked)) return false;
  const control = clicked.closest(controls);
  return control === null || control === currentTarget || !currentTarget.contains(control);
}

function inputProps(
  { accept, multiple = true, directory = false, disabled = false, onFiles }: UploadDropzoneProps,
  ref: RefObject<HTMLInputElement | null>,
): InputProps {
  return {
    ref,
    type: "file",
    hidden: true,
    tabIndex: -1,
    multiple,
    accept,
    disabled,
    // Not in React's types: it makes the browser ask for a folder.
    ...(directory ? { webkitdirectory: "" } : {}),
    // Or the root would open the choice a second time.
    onClick: (event) => event.stopPropagation(),
    onChange: ({ currentTarget }) => {
      const files = Array.from(currentTarget.files ?? [], (file) => ({
        file,
        path: file.webkitRelativePath || file.name,
      }));
      // The same file may be chosen again, to continue.
      currentTarget.value = "";
      if (files.length > 0) onFiles(files);
    },
  };
}

function useDragging(onDrop: (transfer: DataTransfer) => void, disabled: boolean) {
  // `dragenter` of a child comes before `dragleave` of its parent: the depth tells whether we are still inside.
  const depth = useRef(0);
  const [isDragging, setDragging] = useState(false);
  const move = (by: number) => {
    depth.current = Math.max(0, depth.current + by);
    setDragging(depth.current > 0);
  };
  const over = (work: (event: DragEvent) => void) => (event: DragEvent) => {
    if (disabled || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    work(event);
  };
  const dragProps = {
    onDragEnter: over(() => move(1)),
    onDragLeave: over(() => move(-1)),
    onDragOver: over((event) => {
      event.dataTransfer.dropEffect = "copy";
    }),
    onDrop: over((event) => {
      move(-depth.current);
      onDrop(event.dataTransfer);
    }),
  };
  return { isDragging, dragProps };
}
