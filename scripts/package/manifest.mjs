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

/** Needed only by the package's React entry. */
const optionalPeers = { react: ">=18" };

/**
 * The package.json of the published package, without the server's parts. `imports` are the packages
 * that the bundles import. Throws if one of them is not a dependency of the project.
 */
export function publishedManifest(project, imports) {
  const manifest = Object.fromEntries(
    kept.filter((key) => key in project).map((key) => [key, project[key]]),
  );
  const names = imports.filter((name) => !(name in optionalPeers));
  return {
    ...manifest,
    // Not in the project's own package.json: its pages import style sheets, which are side effects.
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
    throw new Error(`The package imports ${name}, which is not a dependency.`);
  return version;
}
