// What a worker runs: its address says how it answers.
import { answer } from "./workers.js";

answer(location.search.slice(1));
