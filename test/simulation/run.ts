/** A process of `npm run histories`: KIND FIRST HISTORIES STRIDE; its output is a SimulationResult. */
import { KINDS, type KindName } from "./kinds";
import { simulate } from "./simulate";

const [kind, first, histories, stride] = process.argv.slice(2);

void simulate({
  history: KINDS[kind as KindName].history,
  first: Number(first),
  histories: Number(histories),
  stride: Number(stride),
}).then((result) => {
  process.stdout.write(JSON.stringify(result));
});
