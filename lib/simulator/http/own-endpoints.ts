import type { InventoryDevice } from "../inventory/inventory";
import { type Behind, type Endpoint, HttpError, type HttpRequest, json } from "./endpoint";

/** What no vCenter has: the call log, and hands on the hardware. */
export const ownEndpoints: readonly Endpoint[] = [
  { at: ["GET /log"], answer: (_request, { vcenter }) => json(200, vcenter.log) },
  {
    at: ["POST /pull"],
    answer: async (request, behind) => {
      const { host, device } = await slotOf(request);
      byHand(behind, () => behind.hardware.pull(host, device as string));
      return json(200, {});
    },
  },
  {
    at: ["POST /plug"],
    answer: async (request, behind) => {
      const { host, device } = await slotOf(request);
      byHand(behind, () => behind.hardware.plug(host, device as InventoryDevice | string));
      return json(200, {});
    },
  },
];

function byHand({ vcenter }: Behind, act: () => void): void {
  try {
    act();
    vcenter.save();
  } catch (error) {
    throw new HttpError(409, (error as Error).message);
  }
}

/** A browser can't send this content type to another site without asking first: no page pulls a drive. */
async function slotOf(request: HttpRequest): Promise<{ host: string; device: unknown }> {
  const body = await request.body();
  if (!/^application\/json\s*(;|$)/i.test(request.header("content-type") ?? ""))
    throw new HttpError(415, "Content-Type: application/json is needed");
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    throw new HttpError(400, "the body is not JSON");
  }
  const { host, device } = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  if (typeof host !== "string" || device === undefined)
    throw new HttpError(400, '{"host": …, "device": …} is expected');
  return { host, device };
}
