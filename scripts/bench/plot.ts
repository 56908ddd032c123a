import type { Spread } from "./spread";

/** Bars of one measure: a group of them for each job, one for each peer. */
export interface Panel {
  readonly title: string;
  readonly groups: readonly { readonly title: string; readonly bars: readonly Bar[] }[];
  readonly digits: number;
}

interface Bar {
  readonly title: string;
  readonly value: Spread;
}

const COLOURS = ["#0b5fad", "#6aa5d8", "#c65d00", "#6b7f2a", "#7a4fa3"];
const [WIDTH, LABELS, VALUES, BAR, GAP, HEAD] = [860, 190, 120, 16, 14, 34] as const;

/** Panels of horizontal bars, medians with a line from the least to the most, as an SVG of light and dark. */
export function plot(panels: readonly Panel[]): string {
  const parts: string[] = [];
  let y = 8;
  for (const panel of panels) {
    const most = Math.max(...panel.groups.flatMap(({ bars }) => bars.map(({ value }) => value.max)));
    const across = (value: number): number => LABELS + (value / most) * (WIDTH - LABELS - VALUES);
    parts.push(text({ x: 0, y: y + 16, weight: 600 }, panel.title));
    y += HEAD;
    for (const { title, bars } of panel.groups) {
      parts.push(text({ x: 0, y: y + 12 }, title));
      y += BAR + 4;
      for (const [index, bar] of bars.entries()) {
        parts.push(...barOf(bar, { y, colour: COLOURS[index % COLOURS.length]!, across, digits: panel.digits }));
        y += BAR + 2;
      }
      y += GAP;
    }
    y += GAP;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" font-family="sans-serif" font-size="12">`,
    "<style>text{fill:#1f2328}line{stroke:#1f2328}@media(prefers-color-scheme:dark){text{fill:#e6edf3}" +
      "line{stroke:#e6edf3}}</style>",
    ...parts,
    "</svg>\n",
  ].join("\n");
}

function barOf(
  { title, value }: Bar,
  { y, colour, across, digits }: { y: number; colour: string; across: (value: number) => number; digits: number },
): string[] {
  const middle = y + BAR / 2;
  const [from, least, median, most] = [LABELS, across(value.min), across(value.median), across(value.max)].map(rounded);
  return [
    text({ x: LABELS - 8, y: y + 12, anchor: "end" }, title),
    `<rect x="${from}" y="${y}" width="${rounded(median! - from!)}" height="${BAR}" rx="2" fill="${colour}"/>`,
    `<line x1="${least}" y1="${middle}" x2="${most}" y2="${middle}"/>`,
    text({ x: most! + 6, y: y + 12 }, value.median.toFixed(digits)),
  ];
}

const rounded = (value: number): number => Math.round(value * 10) / 10;

function text(
  { x, y, weight, anchor }: { x: number; y: number; weight?: number; anchor?: string },
  words: string,
): string {
  const more = `${weight ? ` font-weight="${weight}"` : ""}${anchor ? ` text-anchor="${anchor}"` : ""}`;
  return `<text x="${x}" y="${y}"${more}>${words.replace(/&/g, "&amp;").replace(/</g, "&lt;")}</text>`;
}
