import type { SoapAnswer, SoapContext } from "../soap-service";
import { type Endpoint, type HttpAnswer, type HttpRequest, NoAnswer } from "./endpoint";

/** API versions that have a name of their own, newest first; a client picks one that it knows. */
const API_VERSIONS = (
  "9.0.0.0 8.0.3.0 8.0.2.0 8.0.1.0 8.0.0.2 8.0.0.1 8.0.0.0 7.0.3.0 7.0.2.0 7.0.1.0 7.0.0.0 6.7.3 6.7 6.5 6.0 5.5 " +
  "5.1 5.0 4.1 4.0 2.5"
).split(" ");

/** vCenter's SOAP services, and which versions of its API there are. */
export const soapEndpoints: readonly Endpoint[] = [
  {
    at: ["POST /sdk", "POST /sdk/vimService"],
    answer: (request, { vcenter }) => soap(request, (body, context) => vcenter.handle(body, context)),
  },
  {
    at: ["POST /pbm", "POST /pbm/sdk"],
    answer: (request, { vcenter }) => soap(request, (body, context) => vcenter.pbm.handle(body, context)),
  },
  {
    at: ["GET /sdk/vimServiceVersions.xml"],
    answer: (_request, { vcenter }) => ({
      status: 200,
      type: "text/xml",
      body: serviceVersions(String(vcenter.world.options.about["apiVersion"])),
    }),
  },
];

async function soap(
  request: HttpRequest,
  handle: (body: Buffer, context: SoapContext) => Promise<SoapAnswer>,
): Promise<HttpAnswer> {
  const answer = await handle(await request.body(), {
    cookie: request.cookie("vmware_soap_session"),
    userAgent: request.header("user-agent"),
    soapAction: request.header("soapaction") ?? "",
  });
  if (answer.dropped) throw new NoAnswer();
  const cookie = `vmware_soap_session="${answer.cookie}"; Path=/; HttpOnly; Secure; SameSite=Strict`;
  return {
    status: answer.status,
    type: "text/xml; charset=utf-8",
    body: answer.body,
    headers: answer.cookie === undefined ? {} : { "Set-Cookie": cookie },
  };
}

function serviceVersions(current: string): string {
  const prior = API_VERSIONS.filter((version) => version.localeCompare(current, "en", { numeric: true }) < 0);
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<namespaces ' +
    `version="1.0"><namespace><name>urn:vim25</name><version>${current}</version>` +
    `<priorVersions>${prior.map((version) => `<version>${version}</version>`).join("")}</priorVersions>` +
    "</namespace></namespaces>"
  );
}
