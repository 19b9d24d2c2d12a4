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
  /** Called with the selected or dropped files, including the contents of folders. */
  readonly onFiles: (files: readonly FoundFile[]) => void;
  /** Called with the names of files and folders that could not be read. */
  readonly onUnreadable?: (names: readonly string[]) => void;
  /** The `accept` attribute of the `<input>`. It only filters the file dialog; the server decides. */
  readonly accept?: string;
  /** Whether several files can be selected. Default: true. */
  readonly multiple?: boolean;
  /** Selects a folder instead of files in the dialog. Folders can always be dropped. */
  readonly directory?: boolean;
  readonly disabled?: boolean;
  readonly children: (zone: Dropzone) => ReactNode;
}

/** The argument of the render function. */
export interface Dropzone {
  /** Whether files are dragged over the zone. */
  readonly isDragging: boolean;
  /** For the element that accepts drops and opens the file dialog on a click, Enter or Space. */
  readonly rootProps: RootProps;
  /** For an `<input>` inside the root. It is hidden: the root is visible and receives the focus. */
  readonly inputProps: InputProps;
  /** Opens the file dialog, for a custom button. */
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
 * An unstyled area to drop or select files, rendered by the function `children`. Supports server
 * rendering.
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

/** Makes any element a button, also for the keyboard and for screen readers. */
function buttonProps(open: () => void, disabled: boolean) {
  return {
    role: "button" as const,
    tabIndex: disabled ? -1 : 0,
    "aria-disabled": disabled,
    onClick: (event: MouseEvent) => {
      if (isClickOnRoot(event)) open();
    },
    onKeyDown: (event: KeyboardEvent) => {
      // A control inside the root handles its own keys.
      if (event.target !== event.currentTarget) return;
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      open();
    },
  };
}

const CONTROLS = "a, button, input, label, select, summary, textarea, [role=button]";

/** False for a control inside the root, and for a dialog that is inside it in React but not in the DOM. */
function isClickOnRoot({ target, currentTarget }: MouseEvent): boolean {
  // Not `instanceof Element`: the element may belong to another window.
  const clicked = target as Element;
  if (!currentTarget.contains(clicked)) return false;
  const control = clicked.closest(CONTROLS);
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
    // Makes the dialog select a folder; React's types lack it.
    ...(directory ? { webkitdirectory: "" } : {}),
    // Otherwise the root would open the dialog a second time.
    onClick: (event) => event.stopPropagation(),
    onChange: ({ currentTarget }) => {
      const files = Array.from(currentTarget.files ?? [], (file) => ({
        file,
        path: file.webkitRelativePath || file.name,
      }));
      // Without this, selecting the same file again causes no event.
      currentTarget.value = "";
      if (files.length > 0) onFiles(files);
    },
  };
}

function useDragging(onDrop: (transfer: DataTransfer) => void, disabled: boolean) {
  // `dragenter` of a child comes before `dragleave` of its parent: a count tells whether the pointer is inside.
  const depth = useRef(0);
  const [isDragging, setDragging] = useState(false);
  const changeDepth = (by: number) => {
    depth.current = Math.max(0, depth.current + by);
    setDragging(depth.current > 0);
  };
  const handleFiles = (work: (event: DragEvent) => void) => (event: DragEvent) => {
    if (disabled || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    work(event);
  };
  const dragProps = {
    onDragEnter: handleFiles(() => changeDepth(1)),
    onDragLeave: handleFiles(() => changeDepth(-1)),
    onDragOver: handleFiles((event) => {
      event.dataTransfer.dropEffect = "copy";
    }),
    onDrop: handleFiles((event) => {
      changeDepth(-depth.current);
      onDrop(event.dataTransfer);
    }),
  };
  return { isDragging, dragProps };
}
