import { chance as chanceOf } from "../support/random-file.ts";
import { byteMoves } from "./byte-moves.ts";
import { FuzzConnection } from "./connection.ts";
import { controlMoves } from "./control-moves.ts";
import { createMoves } from "./create-moves.ts";
import { hostileMoves } from "./hostile-moves.ts";
import { pick, settle, Tally, type World } from "./world.ts";

export interface FuzzTarget {
  readonly origin: string;
  readonly token: string;
  readonly strangerToken: string;
}

export interface FuzzPlan {
  readonly seed: number;
  /** The run ends once this many requests were sent. */
  readonly requests: number;
  /** Clients at once. */
  readonly lanes: number;
}

type Move = (world: World) => Promise<void>;

const moves = { ...createMoves, ...byteMoves, ...controlMoves, ...hostileMoves };
/** Moves by name, each as often as it is chosen: bytes more often than the rest. */
const weighted: readonly (readonly [string, Move])[] = Object.entries(moves).flatMap(
  ([name, move]) => Array.from({ length: name in byteMoves ? 3 : 2 }, () => [name, move] as const),
);

/**
 * Sends seeded random requests through every door and compares each response with a model of what
 * each upload holds. Each lane repeats exactly by its seed. Throws `Violation` with seed and lane.
 */
export async function runFuzz(target: FuzzTarget, plan: FuzzPlan): Promise<Tally> {
  const tally = new Tally();
  const lanes = Array.from({ length: plan.lanes }, (_, lane) =>
    runLane({ target, plan, lane, tally }),
  );
  await Promise.all(lanes);
  return tally;
}

interface Lane {
  readonly target: FuzzTarget;
  readonly plan: FuzzPlan;
  readonly lane: number;
  readonly tally: Tally;
}

async function runLane({ target, plan, lane, tally }: Lane): Promise<void> {
  const connection = new FuzzConnection(target.origin);
  const world: World = {
    ...{ connection, tally, token: target.token, strangerToken: target.strangerToken },
    chance: chanceOf(plan.seed * 1_000 + lane),
    uploads: [],
    history: [],
  };
  let moved = 0;
  let last = "";
  try {
    while (tally.requests < plan.requests) {
      const tooMany = world.uploads.length > 16;
      const [name, move] = pick(world.chance, weighted);
      if (tooMany && name in createMoves) continue;
      moved += 1;
      last = name;
      await move(world);
    }
    for (const upload of world.uploads) await settle(world, upload);
  } catch (error) {
    const { message } = error as Error;
    const id = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(message)?.[0] ?? "";
    const requests = world.history.filter((line) => line.includes(id)).slice(-30);
    const at = `seed ${plan.seed}, lane ${lane}, move ${moved} (${last})`;
    throw new Error(`${at}: ${message}\n${requests.join("\n")}`, { cause: error });
  } finally {
    connection.close();
  }
}
