import type { Program, Type } from "typescript";

export declare function createShapePrinter(program: Program): {
  print(type: Type): string;
  readonly declarations: readonly string[];
};
