/** The text of a template; esbuild and vitest both read it so. */
declare module '*.eta?raw' {
  const source: string;
  export { source as default };
}
