import type { inferRouterInputs } from "@trpc/server";
import type { z } from "zod";
import type { AppRouterOf } from "../../src/doors/trpc/router-contract.ts";
import type {
  tokenCreateSchema,
  userCreateSchema,
  userUpdateSchema,
} from "../../src/wire/account-schemas.ts";
import type {
  adminDeleteSchema,
  adminListSchema,
  statsSchema,
  sweepSchema,
} from "../../src/wire/admin-schemas.ts";
import type {
  completeSchema,
  existingSchema,
  idSchema,
  initSchema,
  listSchema,
  partsSchema,
  resumableSchema,
  ticketSchema,
  UploadMetadata,
  watchSchema,
} from "../../src/wire/schemas.ts";

// The schemas must accept all inputs that the contract allows. (Outputs are checked where the router is
// created.) Checked by the compiler only.

type Inputs = inferRouterInputs<
  AppRouterOf<{ default: { metadata: UploadMetadata | undefined; data: unknown } }>
>;

type Taken<Input, Schema extends z.ZodType> = [Input] extends [z.input<Schema>]
  ? [keyof NonNullable<Input>] extends [keyof NonNullable<z.input<Schema>>]
    ? true
    : "the input has a property that is not in the schema"
  : "the schema rejects this input";

export const taken: {
  init: Taken<Inputs["uploads"]["init"], typeof initSchema>;
  status: Taken<Inputs["uploads"]["status"], typeof idSchema>;
  parts: Taken<Inputs["uploads"]["parts"], typeof partsSchema>;
  complete: Taken<Inputs["uploads"]["complete"], typeof completeSchema>;
  list: Taken<Exclude<Inputs["uploads"]["list"], void>, typeof listSchema>;
  resumable: Taken<Inputs["uploads"]["resumable"], typeof resumableSchema>;
  existing: Taken<Inputs["uploads"]["existing"][number], (typeof existingSchema)["element"]>;
  delete: Taken<Inputs["uploads"]["delete"], typeof idSchema>;
  ticket: Taken<Inputs["uploads"]["ticket"], typeof ticketSchema>;
  watch: Taken<Exclude<Inputs["uploads"]["watch"], void>, typeof watchSchema>;
  createToken: Taken<Inputs["tokens"]["create"], typeof tokenCreateSchema>;
  revokeToken: Taken<Inputs["tokens"]["revoke"], typeof idSchema>;
  adminList: Taken<Exclude<Inputs["admin"]["uploads"]["list"], void>, typeof adminListSchema>;
  adminDelete: Taken<{ ids: string[] }, typeof adminDeleteSchema>;
  sweep: Taken<Exclude<Inputs["admin"]["uploads"]["sweep"], void>, typeof sweepSchema>;
  createUser: Taken<Inputs["admin"]["users"]["create"], typeof userCreateSchema>;
  updateUser: Taken<Inputs["admin"]["users"]["update"], typeof userUpdateSchema>;
  stats: Taken<Exclude<Inputs["admin"]["stats"], void>, typeof statsSchema>;
} = {
  init: true,
  status: true,
  parts: true,
  complete: true,
  list: true,
  resumable: true,
  existing: true,
  delete: true,
  ticket: true,
  watch: true,
  createToken: true,
  revokeToken: true,
  adminList: true,
  adminDelete: true,
  sweep: true,
  createUser: true,
  updateUser: true,
  stats: true,
};
