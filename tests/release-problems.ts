/** What is in a tarball. */
export interface PackedPackage {
  /** Relative to the package, without `./`. */
  readonly files: readonly string[];
  readonly manifest: PackedManifest;
}

/** `undefined` is as good as absent: these are read from JSON that anybody may have written. */
export interface PackedManifest {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly license?: string | undefined;
  readonly description?: string | undefined;
  readonly type?: string | undefined;
  readonly sideEffects?: boolean | undefined;
  readonly engines?: { readonly node?: string } | undefined;
  readonly exports?: Readonly<Record<string, Target>> | undefined;
  readonly imports?: Readonly<Record<string, Target>> | undefined;
  readonly bin?: Readonly<Record<string, string>> | undefined;
  readonly dependencies?: Readonly<Record<string, string>> | undefined;
  readonly peerDependencies?: Readonly<Record<string, string>> | undefined;
  readonly repository?: object | undefined;
  readonly publishConfig?: object | undefined;
}

type Target = string | { readonly [condition: string]: Target };

/** Find what would go wrong when a package is published, or be missing for who installs it; [] if nothing. */
export function releaseProblems({ files, manifest }: PackedPackage, folder: string): readonly string[] {
  const { exports = {}, imports = {}, bin = {} } = manifest;
  return [
    ...fieldProblems(manifest, folder),
    ...['LICENSE', 'README.md'].filter((file) => !files.includes(file)).map((file) => `${file} is not packed`),
    ...targetsOf({ exports, imports, bin })
      .filter((target) => !files.includes(target.replace('./', '')))
      .map((target) => `exports ${target}, which is not packed`),
    ...Object.entries(exports).flatMap(([entry, target]) =>
      typeof target === 'string' ? [] : typeProblems(entry, target),
    ),
    ...Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies })
      .filter(([, range]) => !/^(>=|\^|~)\d/.test(range))
      .map(([name, range]) => `${name} is ${range}`),
  ];
}

function fieldProblems(manifest: PackedManifest, folder: string): readonly string[] {
  const url = 'git+https://github.com/twenty-webhooks/twenty-webhooks.git';
  const expected: Partial<PackedManifest> = {
    name: folder === 'cli' ? 'twenty-webhooks' : `@twenty-webhooks/${folder}`,
    license: 'MIT',
    type: 'module',
    // What only runs, nobody bundles.
    sideEffects: folder === 'cli' ? undefined : false,
    // Provenance is refused by npm unless this is the repository that publishes; a scope is private unless it says otherwise.
    repository: { type: 'git', url, directory: `packages/${folder}` },
    publishConfig: { access: 'public', provenance: true },
  };
  const patterns = { version: /^\d+\.\d+\.\d+(-[\w.]+)?$/, description: /\w/ };
  const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  return [
    ...Object.entries(expected)
      .map(([field, value]) => [field, value, manifest[field as keyof PackedManifest]] as const)
      .filter(([, value, found]) => JSON.stringify(found) !== JSON.stringify(value))
      .map(([field, , found]) => `${field} is ${text(found)}`),
    ...Object.entries(patterns)
      .filter(([field, pattern]) => !pattern.test(manifest[field as keyof typeof patterns] ?? ''))
      .map(([field]) => `${field} is ${text(manifest[field as keyof typeof patterns])}`),
    ...(/^>=\d+(\.\d+)?$/.test(manifest.engines?.node ?? '') ? [] : [`engines is ${text(manifest.engines)}`]),
  ];
}

function targetsOf(target: Target): readonly string[] {
  return typeof target === 'string' ? [target] : Object.values(target).flatMap(targetsOf);
}

/** The first condition that holds is taken, so types behind `default` are never seen. The source is for this repository only. */
function typeProblems(entry: string, target: Exclude<Target, string>): readonly string[] {
  const conditions = Object.keys(target).filter((condition) => condition !== '@twenty-webhooks/source');
  if (!conditions.includes('types')) return [`${entry} has no types`];
  return conditions[0] === 'types' ? [] : [`types of ${entry} do not come first`];
}
