import { hostPlaces, virtualMachinePlaces } from "../vim/places";
import { type Command, type CommandContext, UsageError } from "./command";
import { withVcenter } from "./vcenter";

/** What the scripts call to learn how a line may go on; the last word is the one that is being typed. */
export const COMPLETE = "__complete";

/** How long a shell waits for names out of vCenter. */
const PATIENCE_MS = 3000;

const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_vsphere_hotplug() {
  COMPREPLY=()
  local word
  while IFS= read -r word; do
    COMPREPLY+=("$(printf %q "$word")")
  done < <("\${COMP_WORDS[0]}" ${COMPLETE} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _vsphere_hotplug vsphere-hotplug
`,
  zsh: `#compdef vsphere-hotplug
_vsphere_hotplug() {
  local -a found
  found=("\${(@f)$("\${words[1]}" ${COMPLETE} "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$found" ]]; then compadd -- "\${found[@]}"; else _files; fi
}
compdef _vsphere_hotplug vsphere-hotplug
`,
  fish: `function __vsphere_hotplug
  set -l found (vsphere-hotplug ${COMPLETE} (commandline -opc)[2..] (commandline -ct) 2>/dev/null)
  if set -q found[1]
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c vsphere-hotplug -f -a '(__vsphere_hotplug)'
`,
};

/** Prints what a shell needs to complete command lines. */
export const completionCommand: Command = {
  name: "completion",
  summary: "Print the script that lets bash, zsh or fish complete commands, options, hosts and virtual machines.",
  positionals: ["SHELL"],
  options: {},
  notes: [
    "Where vsphere-hotplug is on PATH:",
    '  bash   eval "$(vsphere-hotplug completion bash)"    in ~/.bashrc',
    '  zsh    eval "$(vsphere-hotplug completion zsh)"     in ~/.zshrc, behind compinit',
    "  fish   vsphere-hotplug completion fish | source     in ~/.config/fish/config.fish",
    "Behind --host and --vm it asks the vCenter that the environment names, for three seconds at most.",
  ],
  run({ positionals: [shell] }, { stdout }) {
    const script = SCRIPTS[shell!];
    if (!script)
      throw new UsageError(`There is no script for ${shell}: it is one of ${Object.keys(SCRIPTS).join(", ")}.`);
    stdout.write(script);
    return Promise.resolve(0);
  },
};

/** How a line may go on, a word a line; nothing where that is a file, or nobody knows. */
export async function complete(
  words: readonly string[],
  { commands, context }: { commands: readonly Command[]; context: CommandContext },
): Promise<string[]> {
  const typed = words.at(-1) ?? "";
  const found = await candidates(words, { commands, context });
  return [...new Set(found)].filter((word) => word.startsWith(typed)).sort();
}

async function candidates(
  words: readonly string[],
  { commands, context }: { commands: readonly Command[]; context: CommandContext },
): Promise<string[]> {
  const names = commands.map(({ name }) => name);
  if (words.length <= 1) return [...names, "help", "--help", "--version"];
  if (words[0] === "help") return words.length === 2 ? names : [];
  if (words[0] === completionCommand.name) return words.length === 2 ? Object.keys(SCRIPTS) : [];
  const command = commands.find(({ name }) => name === words[0]);
  if (!command) return [];
  const before = command.options[words.at(-2)!.replace(/^--/, "")];
  if (before?.value === "HOST" || before?.value === "VM") return namesOf(before.value, context);
  if (before?.type === "string" || command.positionals.length > 0) return optionsIfBegun(command, words);
  return optionsOf(command);
}

const optionsOf = ({ options }: Command): string[] => [...Object.keys(options).map((name) => `--${name}`), "--help"];

/** Where a file or a folder may stand, an option is offered to who has begun one. */
const optionsIfBegun = (command: Command, words: readonly string[]): string[] =>
  words.at(-1)!.startsWith("-") ? optionsOf(command) : [];

/** What vCenter has; nothing where it can't be asked in time. */
async function namesOf(kind: "HOST" | "VM", context: CommandContext): Promise<string[]> {
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(PATIENCE_MS)]);
  try {
    const read = kind === "HOST" ? hostPlaces : virtualMachinePlaces;
    const places = await withVcenter({ ...context, signal }, (session) => read(session, { signal }));
    return places.map(({ name }) => name);
  } catch {
    return [];
  }
}
