import packageJson from "../package.json";

/** The version of the package, of the provider that it ships and of what both call themselves on the wire. */
export const VERSION: string = packageJson.version;
