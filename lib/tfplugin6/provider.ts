import type { AttributePath, Diagnostic } from "./diagnostic";
import type { Schema } from "./schema";
import type { ObjectValue } from "./value";

/** What every operation is given beside its request. */
export interface OperationContext {
  /** Aborted when Terraform asks the provider to stop (StopProvider) or when its connection is gone. */
  signal: AbortSignal;
  /** A levelled line on Terraform's own log (TF_LOG). */
  log(level: "trace" | "debug" | "info" | "warn" | "error", message: string, fields?: Record<string, unknown>): void;
}

/** Bytes that Terraform stores beside a resource's state and hands back untouched; JSON of the resource's own shape. */
export type PrivateState = Uint8Array;

interface ValidateRequest {
  config: ObjectValue;
}

export interface ReadRequest {
  priorState: ObjectValue;
  private: PrivateState;
}

/** `state` is null where the object is gone. */
export interface ReadResponse {
  state: ObjectValue | null;
  private?: PrivateState;
  diagnostics?: Diagnostic[];
}

export interface PlanRequest {
  /** Null when the resource is being created. */
  priorState: ObjectValue | null;
  /** Null when the resource is being destroyed. */
  proposedNewState: ObjectValue | null;
  config: ObjectValue | null;
  priorPrivate: PrivateState;
}

export interface PlanResponse {
  plannedState: ObjectValue | null;
  requiresReplace?: AttributePath[];
  plannedPrivate?: PrivateState;
  diagnostics?: Diagnostic[];
}

export interface ApplyRequest {
  priorState: ObjectValue | null;
  plannedState: ObjectValue | null;
  config: ObjectValue | null;
  plannedPrivate: PrivateState;
}

export interface ApplyResponse {
  state: ObjectValue | null;
  private?: PrivateState;
  diagnostics?: Diagnostic[];
}

export interface ImportRequest {
  id: string;
}

export interface ImportResponse {
  state: ObjectValue | null;
  private?: PrivateState;
  diagnostics?: Diagnostic[];
}

/** One kind of managed resource. Whatever escapes as an exception becomes a diagnostic at the protocol's boundary. */
export interface Resource {
  schema: Schema;
  validate?(request: ValidateRequest, context: OperationContext): Promise<Diagnostic[]>;
  read(request: ReadRequest, context: OperationContext): Promise<ReadResponse>;
  plan(request: PlanRequest, context: OperationContext): Promise<PlanResponse>;
  apply(request: ApplyRequest, context: OperationContext): Promise<ApplyResponse>;
  import?(request: ImportRequest, context: OperationContext): Promise<ImportResponse>;
}

/** One kind of data source. */
export interface DataSource {
  schema: Schema;
  validate?(request: ValidateRequest, context: OperationContext): Promise<Diagnostic[]>;
  read(request: { config: ObjectValue }, context: OperationContext): Promise<ReadResponse>;
}

/** A whole provider, as the protocol's server needs it. */
export interface Provider {
  schema: Schema;
  validate?(request: ValidateRequest, context: OperationContext): Promise<Diagnostic[]>;
  configure(
    request: { config: ObjectValue; terraformVersion: string },
    context: OperationContext,
  ): Promise<Diagnostic[]>;
  resources: Record<string, Resource>;
  dataSources: Record<string, DataSource>;
  /** Called once when the plugin ends, whatever the reason: log out, close connections. Has a limit of five seconds. */
  close?(): Promise<void>;
}
