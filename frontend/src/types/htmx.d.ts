declare module "htmx.org/dist/htmx.esm.js" {
  interface Htmx {
    config: Record<string, unknown>;
    process(root: Element, force?: boolean): void;
    ajax(verb: string, path: string, options: Record<string, unknown>): Promise<void>;
    registerExtension(name: string, extension: Record<string, Function>): void;
  }
  const htmx: Htmx;
  export default htmx;
}
declare module "htmx.org/dist/ext/hx-ws.js";
