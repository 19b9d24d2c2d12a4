export function bundleSqliteThread(): Promise<void>;
