import type { Command } from "../command";
import { manyNamedBy, readSelection, SELECTION_OPTIONS_OF_MANY } from "../selection";
import { ENVIRONMENT_NOTES, withVcenter } from "../vcenter";
import { adopt } from "./adopted";
import { hclOf } from "./hcl";
import { typescriptOf } from "./typescript";

/** Prints the stack that declares what is there. It only reads. */
export const adoptCommand: Command = {
  name: "adopt",
  summary:
    "Print the TypeScript stack, or the HCL, that declares what hosts and virtual machines have, with imports. It " +
    "only reads.",
  positionals: [],
  options: {
    ...SELECTION_OPTIONS_OF_MANY,
    hcl: { type: "boolean", description: "Print HCL instead of TypeScript." },
  },
  notes: [
    "The first plan imports what is there, and changes nothing. Devices that aren't NVMe are named in comments.",
    "Exit status: 0, 1 if something can't be read and is left out, 2 for wrong usage.",
    "",
    ...ENVIRONMENT_NOTES,
  ],
  async run(input, context) {
    const named = manyNamedBy(input, context.signal);
    const selection = await withVcenter(context, (session) => readSelection(session, named));
    const adopted = adopt(selection);
    context.stdout.write(input.options["hcl"] ? hclOf(adopted) : typescriptOf(adopted));
    for (const note of adopted.notes) context.stderr.write(`${note}\n`);
    return adopted.notes.length === 0 ? 0 : 1;
  },
};
