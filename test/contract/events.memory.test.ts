import { createEvents } from "../../src/adapters/memory/events.ts";
import { eventsContract } from "./events.contract.ts";

eventsContract("memory events", createEvents);
