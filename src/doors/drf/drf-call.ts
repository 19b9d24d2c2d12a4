import type { Clock } from "../../core/ports/system.ts";
import type { UploadService } from "../../core/upload-service.ts";
import type { DoorCall, RouteDoorDependencies } from "../http/route-door.ts";

export interface DrfDoorDependencies extends RouteDoorDependencies {
  readonly service: Pick<
    UploadService,
    | "append"
    | "complete"
    | "describe"
    | "foresee"
    | "init"
    | "list"
    | "remove"
    | "result"
    | "rules"
    | "status"
  >;
  readonly clock: Clock;
  /** The multipart field that carries a chunk. */
  readonly fieldName: string;
  /** A sender that gives no byte for so long is given up, in ms. */
  readonly idleTimeoutMs: number;
}

/** A request with what serves it. */
export interface DrfCall {
  readonly deps: DrfDoorDependencies;
  readonly call: DoorCall;
}
