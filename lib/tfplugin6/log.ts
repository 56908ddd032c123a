import type { OperationContext } from "./provider";

export type Log = OperationContext["log"];

const LEVELS = ["trace", "debug", "info", "warn", "error"] as const;

interface LogOptions {
  module: string;
  write: (line: string) => void;
  /** Takes secrets out of every text of a line, the fields included. */
  redact?: (text: string) => string;
  now?: () => number;
  /** The least level that is written. @default error */
  level?: (typeof LEVELS)[number];
}

/** Writes lines that Terraform takes in as its own, with level and fields: JSON as go-hclog writes it. */
export function hclog({
  module,
  write,
  redact = (text) => text,
  now = Date.now,
  level: least = "error",
}: LogOptions): Log {
  return (level, message, fields = {}) => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return;
    const record = {
      "@level": level,
      "@message": message,
      "@timestamp": timestamp(now()),
      "@module": module,
      ...fields,
    };
    const plain = (_: string, value: unknown): unknown =>
      typeof value === "string" ? redact(value) : typeof value === "bigint" ? String(value) : value;
    write(`${JSON.stringify(record, plain)}\n`);
  };
}

/** What is worth writing under Terraform's own variables (TF_LOG_PROVIDER before TF_LOG): nobody reads the rest. */
export function logLevel(environment: NodeJS.ProcessEnv): LogOptions["level"] {
  const wanted = (environment["TF_LOG_PROVIDER"] || environment["TF_LOG"] || "").toLowerCase();
  return wanted === "json" ? "trace" : (LEVELS.find((level) => level === wanted) ?? "error");
}

/**
 * Microseconds, or Terraform would not take the line for one of hclog's (go-plugin's log entry parser asks for six
 * digits).
 */
function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace("Z", "000Z");
}
