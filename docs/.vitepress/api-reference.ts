import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Application,
  type DeclarationReflection,
  Logger,
  LogLevel,
  type ProjectReflection,
  ReflectionKind,
} from 'typedoc';

/** An import path of a package, and the source behind it. */
export interface EntryPoint {
  /** Of the page: `core`, `core-node`. */
  readonly name: string;
  /** What users import: `@twenty-webhooks/core/node`. */
  readonly specifier: string;
  readonly file: string;
}

/** Everything that can be imported from a package of a repository, in the order of the package and its `exports`. */
export function entryPointsOf(root: string): readonly EntryPoint[] {
  return readdirSync(join(root, 'packages')).flatMap((folder) => {
    const { name, exports } = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'));
    return Object.entries<string | Readonly<Record<string, string>>>(exports).flatMap(([path, target]) => {
      const source = typeof target === 'string' ? undefined : target[sourceCondition];
      if (source === undefined) return [];
      const suffix = path.slice(2);
      return {
        name: suffix === '' ? folder : `${folder}-${suffix}`,
        specifier: suffix === '' ? name : `${name}/${suffix}`,
        file: join(root, 'packages', folder, source),
      };
    });
  });
}

export interface ApiReferenceOptions {
  /** Of the repository. */
  readonly root: string;
  /** The folder of the pages; what it had is deleted. */
  readonly out: string;
  /** Goes before the path of a source file. */
  readonly sourceUrl: string;
  /** Exports that need no docstring, as `core.isText`. One that has a docstring all the same is refused. */
  readonly speakForThemselves?: readonly string[];
}

/**
 * Write a page of Markdown for each entry point. @throws if an export has no docstring, or a `{@link}` leads nowhere: the
 * message has every one of them
 */
export async function writeApiReference(
  entryPoints: readonly EntryPoint[],
  { root, out, sourceUrl, speakForThemselves = [] }: ApiReferenceOptions,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'api-reference-'));
  try {
    const tsconfig = join(folder, 'tsconfig.json');
    writeFileSync(tsconfig, JSON.stringify(compilerOf(root, entryPoints)));
    const log = new CollectedLog();
    const settings: TypeDocSettings = {
      ...options,
      entryPoints: entryPoints.map(({ file }) => file),
      tsconfig,
      out,
      basePath: root,
      displayBasePath: root,
      sourceLinkTemplate: `${sourceUrl}/{path}#L{line}`,
      pageTitleTemplates: {
        module: (module: { readonly name?: string }) => entryPoints.find(({ name }) => name === module.name)?.specifier,
      },
    };
    const app = await Application.bootstrapWithPlugins(settings);
    app.logger = log;
    const project = await app.convert();
    if (project === undefined) throw new Error(['TypeDoc cannot read the packages.', ...log.lines].join('\n'));
    nameModules(project, entryPoints);
    const undocumented = undocumentedExports(project);
    for (const name of undocumented.filter((one) => !speakForThemselves.includes(one)))
      log.add(`${name}: no docstring`);
    for (const name of speakForThemselves.filter((one) => !undocumented.includes(one)))
      log.add(`${name}: has a docstring`);
    app.validate(project);
    await app.generateOutputs(project);
    writeFileSync(join(out, 'index.md'), toIndex(entryPoints));
    if (log.lines.length > 0) throw new Error(['The API reference is incomplete.', ...log.lines].join('\n'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function toIndex(entryPoints: readonly EntryPoint[]): string {
  const links = entryPoints.map(({ name, specifier }) => `- [${specifier}](${name}.md)`);
  return ['# API reference', '', 'Everything that can be imported, from its docstrings.', '', ...links, ''].join('\n');
}

/** TypeDoc knows a module by its place, users by what they import. */
function nameModules(project: ProjectReflection, entryPoints: readonly EntryPoint[]): void {
  for (const module of modulesOf(project)) {
    const entry = entryPoints.find(({ file }) => file === module.sources?.[0]?.fullFileName);
    if (entry === undefined) throw new Error(`${module.name} is no entry point.`);
    module.name = entry.name;
  }
}

/** What is exported where it is declared; what an adapter passes on is documented in core. */
function undocumentedExports(project: ProjectReflection): readonly string[] {
  return modulesOf(project).flatMap((module) =>
    (module.children ?? [])
      .filter((child) => !child.isReference() && !isDocumented(child))
      .map((child) => `${module.name}.${child.name}`),
  );
}

const isDocumented = (one: DeclarationReflection): boolean =>
  one.hasComment() || (one.signatures ?? []).some((signature) => signature.hasComment());

const modulesOf = (project: ProjectReflection): readonly DeclarationReflection[] =>
  (project.children ?? []).filter(({ kind }) => kind === ReflectionKind.Module);

const sourceCondition = '@twenty-webhooks/source';

const options: TypeDocSettings = {
  plugin: ['typedoc-plugin-markdown'],
  router: 'module',
  flattenOutputFiles: true,
  entryFileName: 'index',
  name: 'API reference',
  readme: 'none',
  disableGit: true,
  logLevel: 'Warn',
  // The compiler's errors are found by `check`, in half the time.
  skipErrorChecking: true,
  alwaysCreateEntryPointModule: true,
  excludePrivate: true,
  excludeExternals: true,
  hidePageHeader: true,
  hideBreadcrumbs: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  tableColumnSettings: { hideSources: true, hideModifiers: true },
  sanitizeComments: true,
  validation: { invalidLink: true, notExported: false },
};

/** The plugin has options that TypeDoc does not know. */
type TypeDocSettings = NonNullable<Parameters<typeof Application.bootstrapWithPlugins>[0]> &
  Readonly<Record<string, unknown>>;

function compilerOf(root: string, entryPoints: readonly EntryPoint[]): unknown {
  return {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: {
      noEmit: true,
      customConditions: [sourceCondition],
      typeRoots: [join(root, 'node_modules/@types')],
    },
    files: entryPoints.map(({ file }) => file),
  };
}

/** What TypeDoc warns of, without its colours. */
class CollectedLog extends Logger {
  readonly lines: string[] = [];

  add(line: string): void {
    this.lines.push(line);
  }

  override log(message: string, level: LogLevel): void {
    if (level >= LogLevel.Warn) this.add(message);
  }
}
