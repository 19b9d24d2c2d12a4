const kept = [
  "name",
  "version",
  "description",
  "keywords",
  "license",
  "homepage",
  "repository",
  "bugs",
  "type",
  "exports",
  "bin",
  "files",
  "engines",
];

/** Only in the package's React entry, and only for those who use it. */
const optionalPeers = { react: ">=18" };

/**
 * The manifest that goes into the package: the project's own without its server. `imports` are the
 * packages that the bundles import. Throws when one of them is no dependency of the project.
 */
export function publishedManifest(project, imports) {
  const manifest = Object.fromEntries(
    kept.filter((key) => key in project).map((key) => [key, project[key]]),
  );
  const names = imports.filter((name) => !(name in optionalPeers));
  return {
    ...manifest,
    // Of the package only: the application's own pages import style sheets for their effect.
    sideEffects: false,
    dependencies: Object.fromEntries(
      names.map((name) => [name, `^${exactVersion(project, name)}`]),
    ),
    peerDependencies: optionalPeers,
    peerDependenciesMeta: Object.fromEntries(
      Object.keys(optionalPeers).map((name) => [name, { optional: true }]),
    ),
  };
}

function exactVersion({ dependencies }, name) {
  const version = dependencies[name];
  if (version === undefined)
    throw new Error(`The package imports ${name}, which is no dependency.`);
  return version;
}
