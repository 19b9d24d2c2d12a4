import type { Clock } from "../../core/ports/system.ts";
import type { UploadService } from "../../core/upload-service.ts";
import type { DoorCall, RouteDoorDependencies } from "../http/route-door.ts";

export interface DrfDoorDependencies extends RouteDoorDependencies {
  readonly service: Pick<
    UploadService,
    | "append"
    | "complete"
    | "describe"
    | "checkAppend"
    | "init"
    | "list"
    | "opening"
    | "remove"
    | "result"
    | "rules"
    | "status"
  >;
  readonly clock: Clock;
  /** Name of the multipart field that contains the chunk. */
  readonly fieldName: string;
  /** Time without a byte after which the body is aborted, in ms. */
  readonly idleTimeoutMs: number;
}

/** A request and the dependencies of the door. */
export interface DrfCall {
  readonly deps: DrfDoorDependencies;
  readonly call: DoorCall;
}
