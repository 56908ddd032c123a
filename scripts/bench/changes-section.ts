import type { JobFigures } from "./changes";
import type { EmptyPlanFigures } from "./empty-plans";
import { table, writePicture, writeSection } from "./page";
import { plot, type Panel } from "./plot";
import { type Spread, spreadText } from "./spread";

/** What a benchmark may take of a measurement for itself. */
const MOST_SHARE = 0.1;

const HEAD = [
  "who",
  "the change, times its tasks",
  "the command, times its tasks",
  "requests",
  "requests a call",
  "KiB a call",
  "peak memory, MiB",
  "embedded vCenter's share",
];
const DOWNTIME = "a drive is away, times the tasks";

/** Writes what was measured of changes and empty plans into the page, and draws it. */
export function writeChanges(changes: readonly JobFigures[], plans: readonly EmptyPlanFigures[], how: string): void {
  const jobs = [...new Set(changes.map(({ job }) => job))];
  const lines = jobs.flatMap((job) => [`### ${job}\n`, ...tableOf(changes.filter((one) => one.job === job)), ""]);
  writeSection("changes", [how, "", ...lines, ...planLines(plans), ...shareLines(changes, plans)]);
  const panel = (title: string, digits: number, value: (one: JobFigures) => Spread): Panel => ({
    title,
    digits,
    groups: jobs.map((job) => ({
      title: job,
      bars: changes
        .filter((one) => one.job === job)
        .map((one) => ({ title: one.peer.replaceAll("`", ""), value: value(one) })),
    })),
  });
  writePicture(
    "performance.svg",
    plot([
      panel("From the first call to the last answer, times the tasks", 2, ({ figures }) => figures.change),
      panel("Requests a call", 1, ({ figures }) => figures.requestsACall),
    ]),
  );
}

function tableOf(changes: readonly JobFigures[]): string[] {
  const rows = changes.map(({ peer, figures, swaps }) => [
    peer,
    spreadText(figures.change, 2),
    spreadText(figures.command, 2),
    spreadText(figures.requests, 0),
    spreadText(figures.requestsACall, 1),
    spreadText(figures.kibACall, 0),
    spreadText(figures.memoryMiB, 0),
    spreadText(figures.vcenterShare, 2),
    ...(swaps ? [spreadText(figures.downtime, 2)] : []),
  ]);
  return table(changes[0]!.swaps ? [...HEAD, DOWNTIME] : HEAD, rows);
}

function planLines(plans: readonly EmptyPlanFigures[]): string[] {
  return [
    "### A plan with nothing to do\n",
    ...table(
      ["", "times Terraform's own for as many `terraform_data`", "requests", "embedded vCenter's share"],
      plans.map(({ job, timesTerraformData, requests, vcenterShare }) => [
        job,
        spreadText(timesTerraformData, 2),
        spreadText(requests, 0),
        spreadText(vcenterShare, 2),
      ]),
    ),
    "",
  ];
}

/** Whether what is measured with is small beside what is measured. */
function shareLines(changes: readonly JobFigures[], plans: readonly EmptyPlanFigures[]): string[] {
  const shares = [
    ...changes.map(({ job, peer, figures }) => ({ what: `${job}, ${peer}`, share: figures.vcenterShare.median })),
    ...plans.map(({ job, vcenterShare }) => ({ what: `${job}, empty plan`, share: vcenterShare.median })),
  ];
  const large = shares.filter(({ share }) => share >= MOST_SHARE);
  if (large.length === 0) return [`The embedded vCenter takes under a tenth of each of these, in processor time.`];
  return [
    "The embedded vCenter itself takes a tenth or more of these, in processor time, and a quiet vCenter elsewhere " +
      "would make them shorter by up to as much: " +
      large.map(({ what, share }) => `${what} (${share.toFixed(2)})`).join("; ") +
      ".",
  ];
}
