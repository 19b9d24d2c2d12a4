import { classNames } from "../kit/class-names.ts";

interface PickCellProps {
  /** The accessible name of the checkbox. */
  readonly label: string;
  readonly checked: boolean;
  /** Some, but not all, of the rows are selected. */
  readonly mixed?: boolean;
  readonly onChange: (on: boolean) => void;
  readonly className?: string;
}

/** A table cell with a checkbox. The whole cell is clickable. */
export function PickCell({ label, checked, mixed = false, onChange, className }: PickCellProps) {
  return (
    <td className={classNames("w-0 align-middle", className)}>
      <label className="flex cursor-pointer items-center py-3 pr-1 pl-4">
        <input
          type="checkbox"
          className="size-4 cursor-pointer accent-primary"
          aria-label={label}
          checked={checked}
          ref={(box) => {
            if (box !== null) box.indeterminate = mixed;
          }}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      </label>
    </td>
  );
}
