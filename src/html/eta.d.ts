/** The text of a template; esbuild and vitest both load it this way. */
declare module '*.eta?raw' {
  const source: string;
  export { source as default };
}
