/** Calls `listener` and reports an exception as an uncaught error, so that it does not fail the upload. */
export function notify(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    if (typeof reportError === "function") reportError(error);
    else
      queueMicrotask(() => {
        throw error;
      });
  }
}
