import { type Environment, readProcessEnvironment } from "../env.ts";
import { composeApplication } from "./application.ts";
import { askServer } from "./ask-server.ts";
import { Closers } from "./closers.ts";
import { openData } from "./open-data.ts";
import { openLog } from "./open-log.ts";
import {
  type Facts,
  type Operator,
  type OperatorCommand,
  runOperatorCommand,
} from "./operator-commands.ts";

/**
 * Runs an operator's command where the data is: by the running server when there is one, else in
 * this process, which then owns the data directory for as long as the command takes.
 * Throws with a sentence for the operator.
 */
export async function operate(command: OperatorCommand, operator: Operator): Promise<Facts> {
  const environment: Environment = { ...readProcessEnvironment(), logLevel: "warn" };
  // Several instances share the database: a command is one more of them for as long as it runs.
  const answered =
    environment.instances === "several"
      ? null
      : await askServer(environment.dataDir, command, operator);
  if (answered !== null) return answered;
  if (command.name === "migrate" || command.name === "adopt")
    return prepareHere(environment, command.name === "adopt");
  const application = await composeApplication(environment, { serving: false });
  try {
    const { core, auth, log, backUp } = application;
    const { users, tokens } = auth;
    const tools = { administration: core.administration, users, tokens, log, backUp };
    return asJson(await runOperatorCommand(tools, command, overJson(operator)));
  } finally {
    await application.close();
  }
}

/** What an operator sees is the same whether it came over the socket or not. */
function overJson(operator: Operator): Operator {
  return {
    signal: operator.signal,
    report: (facts) => operator.report(asJson(facts)),
    confirm: (facts) => operator.confirm(asJson(facts)),
  };
}

function asJson(facts: Facts): Facts {
  return JSON.parse(JSON.stringify(facts));
}

/** Runs a command that works on data which the server would refuse to start with. */
async function prepareHere(environment: Environment, adopting: boolean): Promise<Facts> {
  const closers = new Closers();
  const log = openLog(environment, false);
  try {
    const { migrated } = await openData(environment, { log, closers, adopting });
    return { applied: migrated, running: false };
  } finally {
    await closers.close(log);
  }
}
