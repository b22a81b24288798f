import { createRequire } from 'node:module';
import type * as TypeScript from 'typescript59';

// A process: checks programs with one TypeScript and prints, as JSON, the errors of each. What TypeScript before 7 takes longest
// for is the libraries and frameworks, so it parses them once for all programs, and reports on our files only; on these as
// `tsc` with `skipLibCheck: false` does.

const [typescript = '', folder = '', ...configs] = process.argv.slice(2);
const ts: typeof TypeScript = createRequire(import.meta.url)(typescript);
const parsed = new Map<string, TypeScript.SourceFile | undefined>();
console.log(JSON.stringify(configs.map(check)));

function check(config: string): string {
  const { fileNames, options, errors } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(config, ts.sys.readFile).config,
    ts.sys,
    folder,
  );
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram(fileNames, options, { ...host, getSourceFile: once(host.getSourceFile) });
  const diagnostics = program
    .getSourceFiles()
    .filter(({ fileName }) => isOurs(fileName))
    .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]);
  const all = [...errors, ...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics(), ...diagnostics];
  return ts.formatDiagnostics(all, { ...host, getCurrentDirectory: () => folder });
}

function once(getSourceFile: TypeScript.CompilerHost['getSourceFile']): TypeScript.CompilerHost['getSourceFile'] {
  return (file, languageVersion, ...rest) => {
    const { impliedNodeFormat } = typeof languageVersion === 'object' ? languageVersion : {};
    const key = `${impliedNodeFormat} ${file}`;
    if (!parsed.has(key)) parsed.set(key, getSourceFile(file, languageVersion, ...rest));
    return parsed.get(key);
  };
}

/** The project's files and our declarations, not what an inbox brings along below itself. */
function isOurs(file: string): boolean {
  const [, ...foreign] = file.split('/node_modules/').filter((part) => !part.startsWith('@twenty-webhooks/'));
  return file.startsWith(`${folder}/`) && foreign.length === 0;
}
