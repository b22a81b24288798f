/** The part of the Standard Schema interface (standardschema.dev, version 1) that is used here: Zod, Valibot, ArkType, … */
export interface StandardSchema<TOutput = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<TOutput> | Promise<SchemaResult<TOutput>>;
    readonly types?: { readonly input: unknown; readonly output: TOutput } | undefined;
  };
}

type SchemaResult<TOutput> =
  | { readonly value: TOutput; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** One schema per object name. */
export type Schemas = Readonly<Record<string, StandardSchema>>;

/** The objects of `TwentyObjects`, with those that have a schema typed by its output. */
export type WithSchemas<TObjects, TSchemas> = [keyof TSchemas] extends [never]
  ? TObjects
  : Omit<TObjects, keyof TSchemas> & {
      [TObject in keyof TSchemas]: TSchemas[TObject] extends StandardSchema<infer TOutput> ? TOutput : never;
    };
