import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "cdktf.out/", ".cache/", "**/generated/", "lib/constructs/bindings/"] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  { rules: { "no-duplicate-imports": "error" } },
  {
    files: ["**/*.ts"],
    // Two rules need types: a promise that nobody waits for is a call to vCenter whose failure nobody hears of.
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
      eqeqeq: ["error", "always"],
      "no-console": "error",
      // Takes Terraform's apply for Function.prototype.apply.
      "prefer-spread": "off",
    },
  },
  {
    files: ["**/*.js", "**/*.cjs"],
    languageOptions: {
      sourceType: "commonjs",
      globals: { module: "writable", require: "readonly", __dirname: "readonly", process: "readonly" },
    },
  },
  { files: ["scripts/**/*.ts", "examples/**/*.ts"], rules: { "no-console": "off" } },
);
