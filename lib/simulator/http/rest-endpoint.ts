import { type Endpoint, NoAnswer } from "./endpoint";

const SESSION = "vmware-api-session-id";

/** vCenter's REST API. A client that says that it sends its session in a header gets no cookie. */
export const restEndpoint: Endpoint = {
  at: ["/rest/*", "/api/*"],
  answer: async (request, { vcenter }) => {
    const { method, path, query } = request;
    const answer = await vcenter.rest.handle({
      method,
      path,
      query,
      sessionId: request.header(SESSION) ?? request.cookie(SESSION),
      authorization: request.header("authorization"),
      userAgent: request.header("user-agent"),
      body: (await request.body()).toString("utf8"),
    });
    if (!answer) throw new NoAnswer();
    const wantsCookie = answer.sessionId !== undefined && request.header("vmware-use-header-authn") === undefined;
    const cookie = `${SESSION}=${answer.sessionId}; Path=/; HttpOnly; Secure; SameSite=Strict`;
    return {
      status: answer.status,
      type: "application/json",
      body: answer.body,
      ...(wantsCookie && { headers: { "Set-Cookie": cookie } }),
    };
  },
};
