/**
 * What a source file imports, asks the system for and exports, read from its syntax tree.
 *
 * @module
 */

/** What {@linkcode sourceFacts} found. */
export interface SourceFacts {
  /** Specifiers of imports, re-exports, dynamic imports and import types. */
  readonly imports: readonly string[];
  /** Names by which the file asks the system for the time or a timer. */
  readonly timeNames: readonly string[];
  /** Statements of a module that are not re-exports. */
  readonly ownStatements: readonly string[];
}

const TIME_MEMBERS =
  /^(?:globalThis\.)?(?:Date\.now|performance\.(?:now|timeOrigin)|Temporal\.Now|AbortSignal\.timeout|Atomics\.wait(?:Async)?)$/;
const TIMERS = /^(?:setTimeout|setInterval)$/;

/** Lint messages are text: facts travel as a letter, a space and the fact. */
const plugin: Deno.lint.Plugin = {
  name: "facts",
  rules: {
    facts: {
      create(context) {
        const report = (kind: "i" | "t" | "s", node: Deno.lint.Node, fact: string) =>
          context.report({ node, message: `${kind} ${fact}` });
        const source = (node: Deno.lint.Node, value: unknown) => report("i", node, String(value));
        return {
          ImportDeclaration: (node) => source(node, node.source.value),
          ExportAllDeclaration: (node) => source(node, node.source.value),
          ExportNamedDeclaration: (node) => {
            if (node.source) source(node, node.source.value);
          },
          ImportExpression(node) {
            if (node.source.type === "Literal") source(node, node.source.value);
            else source(node, context.sourceCode.getText(node.source));
          },
          TSImportType(node) {
            const text = context.sourceCode.getText(node);
            source(node, /import\(\s*["']([^"']+)["']/.exec(text)?.[1] ?? text);
          },
          MemberExpression(node) {
            const text = context.sourceCode.getText(node).replaceAll(/\s+/g, "");
            if (TIME_MEMBERS.test(text)) report("t", node, text);
            else if (node.property.type === "Identifier" && TIMERS.test(node.property.name)) {
              report("t", node, node.property.name);
            }
          },
          CallExpression(node) {
            if (node.callee.type === "Identifier" && TIMERS.test(node.callee.name)) {
              report("t", node, node.callee.name);
            }
          },
          NewExpression(node) {
            const text = context.sourceCode.getText(node);
            if (/^new\s+Date\s*(?:\(\s*\))?$/.test(text)) report("t", node, "new Date()");
          },
          Program(node) {
            for (const statement of node.body) {
              const reExport = statement.type === "ExportAllDeclaration" ||
                (statement.type === "ExportNamedDeclaration" && statement.source !== null);
              if (!reExport) {
                report("s", statement, context.sourceCode.getText(statement).slice(0, 60));
              }
            }
          },
        };
      },
    },
  },
};

/**
 * Reads the facts of a source text. It runs in `deno test` only, which has the linter.
 *
 * @param path Its name tells TypeScript from JavaScript and JSX.
 * @param text The source.
 */
export function sourceFacts(path: string, text: string): SourceFacts {
  const found = Deno.lint.runPlugin(plugin, path, text).map((one) => one.message);
  const of = (kind: string) =>
    found.filter((one) => one.startsWith(`${kind} `)).map((one) => one.slice(2));
  return { imports: of("i"), timeNames: of("t"), ownStatements: of("s") };
}
