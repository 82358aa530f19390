// Calls handlers that answer with what they got, with what is hard to send.
import { ApiError, Client, InvalidRequestError } from "./client_gen.js";
import type { DocumentInput, QueryParams, ServerEvent } from "./client_gen.js";
import { Client as ExactClient } from "./exact/client_gen.js";

/** Browsers send no cookies but their own, and streams by HTTP/2 only; Basic credentials they ask for themselves. */
const inBrowser = "document" in globalThis;

let checks = 0;
let failures = 0;

function fail(message: string): void {
  failures++;
  console.error(message);
}

/** Writes a value so that equal ones are equal texts. */
function plain(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) => {
    if (typeof v === "bigint") {
      return `bigint ${v}`;
    }
    if (typeof v === "object" && v !== null && !Array.isArray(v)) {
      return Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)));
    }
    return v;
  });
}

function same(got: unknown, want: unknown, what: string): void {
  checks++;
  if (plain(got) !== plain(want)) {
    fail(`${what}\ngot  ${plain(got)}\nwant ${plain(want)}`);
  }
}

/** Returns what a call fails with. */
async function failing(call: Promise<unknown>, what: string): Promise<unknown> {
  checks++;
  try {
    fail(`${what}: ${plain(await call)}, want an error`);
  } catch (error) {
    return error;
  }
  return undefined;
}

const texts = [
  "",
  "a",
  "a b",
  "a+b",
  "a%2Fb",
  "%",
  "a/b",
  "a/b/",
  "/a",
  "a?b=c&d",
  "#x",
  "a;b",
  "ä€😀",
  '"q"',
  "\\",
  "a,b",
  "\n",
  "\r\n",
  "\0",
  "\0\0a",
  "\ufeffx",
  "[]",
  "{x}",
  "a=b",
  ":",
  "~",
  "%zz",
  "  ",
  "..a",
  "...",
  "null",
  "12345678901234567890",
  "\0" + "9".repeat(20),
  "x".repeat(3000),
];

const times = [
  "0001-01-01T00:00:00Z",
  "1970-01-01T00:00:00Z",
  "9999-12-31T23:59:59.999999999Z",
  "2026-02-03T04:05:06.000000007+05:30",
  "2026-02-03T04:05:06-11:00",
];

function at<T>(list: readonly T[], i: number): T {
  return list[i % list.length] as T;
}

/** What the query has where nothing else is said. */
const kinds: QueryParams = {
  string: "",
  int: 0,
  int8: 0,
  int16: 0,
  int32: 0,
  uint: 0,
  uint8: 0,
  uint16: 0,
  uint32: 0,
  uint64: 0,
  float32: 0,
  float64: 0,
  time: at(times, 0),
  duration: "0s",
  url: "x",
  addr: "192.0.2.1",
  role: "",
  level: "level 0",
};

async function query(client: Client, exact: ExactClient): Promise<void> {
  const least = await client.query(kinds);
  same([least.Bool, least.Int64, least.Limit, least.Page], [true, 7, 20, 0], "defaults");
  same(
    [least.List, least.Dict, least.Pointer, "Optional" in least, "Many" in least],
    [null, null, null, false, false],
    "absent",
  );
  for (const [i, text] of texts.entries()) {
    const got = await exact.query({
      ...kinds,
      string: text,
      bool: false,
      int: -(2n ** 63n),
      int8: -128,
      int16: 32767,
      int32: -2147483648,
      int64: 2n ** 63n - 1n,
      uint: 2n ** 64n - 1n,
      uint8: 255,
      uint16: 65535,
      uint32: 4294967295,
      uint64: 9007199254740993n,
      float32: at([3.4028235e38, 1e-45, -0.1], i),
      float64: at([1.7976931348623157e308, 5e-324, 0.1, 1e21, 123456789012345680000], i),
      time: at(times, i),
      duration: "-1h30m",
      url: "https://example.com/a%20b?x=1&y=%2F",
      addr: "fe80::1%eth0",
      role: text,
      level: "level -5",
      limit: Number.MAX_SAFE_INTEGER,
      pointer: text,
      optional: 0,
      list: [text, ""],
      times,
      dict: { [text]: text, k: "v" },
      lists: { one: [1, 2n ** 60n + 1n] },
      many: [text],
      page: 3,
    });
    same(
      [
        got.String,
        got.Bool,
        got.Int,
        got.Int8,
        got.Int16,
        got.Int32,
        got.Int64,
        got.Uint,
        got.Uint8,
        got.Uint16,
        got.Uint32,
        got.Uint64,
      ],
      [
        text,
        false,
        -(2n ** 63n),
        -128,
        32767,
        -2147483648,
        2n ** 63n - 1n,
        2n ** 64n - 1n,
        255,
        65535,
        4294967295,
        9007199254740993n,
      ],
      `query ${i}`,
    );
    same(
      [
        got.Float32,
        got.Float64,
        got.Time,
        got.Duration,
        got.URL,
        got.Addr,
        got.Role,
        got.Level,
        got.Limit,
        got.Pointer,
        got.Optional,
      ],
      [
        at([3.4028235e38, 1e-45, -0.1], i),
        at([1.7976931348623157e308, 5e-324, 0.1, 1e21, 123456789012345680000], i),
        at(times, i),
        -5.4e12,
        got.URL,
        "fe80::1%eth0",
        text,
        "level -5",
        Number.MAX_SAFE_INTEGER,
        text,
        0,
      ],
      `query ${i}`,
    );
    same(
      [got.List, got.Times, got.Dict, got.Lists, got.Many, got.Page],
      [[text, ""], times, { [text]: text, k: "v" }, { one: [1, 2n ** 60n + 1n] }, [text], 3],
      `query ${i}`,
    );
  }
  const lossy = await failing(client.query({ ...kinds, uint64: 9007199254740993n }), "a number that would lose digits");
  if (!String(lossy).includes("9007199254740993")) {
    fail(`a number that would lose digits: ${String(lossy)}`);
  }
  same(
    (await client.query({ ...kinds, uint64: 9007199254740994n })).Uint64,
    9007199254740994,
    "a number beyond 2^53 that loses nothing",
  );
  const refused = await failing(client.query({ ...kinds, limit: -1 }), "a limit of -1");
  same(
    refused instanceof ApiError && [refused.status, refused.problem?.errors],
    [400, [{ in: "query", name: "limit", detail: "must be at least 1" }]],
    "problem",
  );
  if (!String(refused).endsWith("query limit must be at least 1")) {
    fail(`a limit of -1: ${String(refused)}`);
  }
  notSent(await failing(client.query({ ...kinds, float64: Number.NaN }), "NaN"), "NaN");
}

async function path(client: Client): Promise<void> {
  for (const text of texts) {
    await arrives(client.segment({ text }), text, text === "" || text.includes("\0"), "segment");
    await arrives(client.rest({ rest: text }), text, text === "/a" || text.includes("\0"), "rest");
  }
  for (const text of [".", "..", "a//b", "a/../b", "./a"]) {
    notSent(await failing(client.segment({ text }), `segment ${text}`), `segment ${text}`);
    notSent(await failing(client.rest({ rest: text }), `rest ${text}`), `rest ${text}`);
  }
  const all = await client.path({
    s: "x/y",
    i: -(2n ** 63n),
    u: 2n ** 64n - 1n,
    f: 1e-7,
    b: true,
    t: at(times, 3),
    d: "-5ms",
  });
  same(all, ["x/y", "-9223372036854775808", "18446744073709551615", 1e-7, true, at(times, 3), -5e6], "path");
}

/** Wants a text to come back, or not to be sent if it may be refused. */
async function arrives(call: Promise<string>, want: string, mayFail: boolean, what: string): Promise<void> {
  try {
    same(await call, want, what);
  } catch (error) {
    if (!mayFail || !(error instanceof InvalidRequestError || (error instanceof ApiError && want.includes("\0")))) {
      fail(`${what} ${JSON.stringify(want)}: ${String(error)}`);
    }
  }
}

/** Wants an error to come before a request is sent. */
function notSent(error: unknown, what: string): void {
  checks++;
  if (!(error instanceof InvalidRequestError)) {
    fail(`${what}: ${String(error)}`);
  }
}

async function headers(client: Client): Promise<void> {
  for (const [i, text] of texts.entries()) {
    try {
      const head = await client.header({ xText: text, xInt: -i, xTime: at(times, i), xList: ["a", "b"] });
      same(head, { Text: text, Int: -i, Time: at(times, i), List: ["a", "b"], Trace: null }, "header");
    } catch (error) {
      notSent(error, `header ${JSON.stringify(text)}`);
    }
    if (inBrowser) {
      continue;
    }
    try {
      const crumbs = await client.cookie({ text, int: -i, float: 0.5, time: at(times, i) });
      same(crumbs, { Text: text, Int: -i, Float: 0.5, Time: at(times, i), None: null }, "cookie");
    } catch (error) {
      notSent(error, `cookie ${JSON.stringify(text)}`);
    }
  }
  notSent(
    await failing(client.header({ xText: "", xInt: 0, xList: ["a,b"] }), "a comma in a list"),
    "a comma in a list",
  );
}

async function forms(client: Client): Promise<void> {
  for (const [i, text] of texts.entries()) {
    const sheet = { text, int: -i, wait: `${i}m`, tag: [text, "b"], ...(i % 2 === 0 ? { maybe: false } : {}) };
    const want = { Text: text, Int: -i, Wait: i * 6e10, Tags: [text, "b"], Maybe: i % 2 === 0 ? false : null };
    same(await client.form(sheet), want, "form in the query");
    same(await client.formPost({ body: sheet }), want, "form");
    same((await client.reply({ body: sheet })).getAll("text"), [text], "form in the answer");
  }
}

function documentOf(i: number): DocumentInput {
  const text = at(texts, i);
  return {
    text,
    int: 2n ** 63n - 1n - BigInt(i),
    float: 0.1,
    time: at(times, i),
    bytes: btoa("\0\xff"),
    list: [],
    dict: {},
    ...(i % 4 === 1 ? { pointer: text, dict: { [text]: i } } : {}),
    ...(i % 4 === 2 ? { optional: text, nullable: null } : {}),
    ...(i % 4 === 3 ? { list: [{ text: "inner" }], nullable: i } : {}),
  };
}

async function bodies(client: Client, exact: ExactClient): Promise<void> {
  for (const [i, text] of texts.entries()) {
    const sent = documentOf(i);
    const got = await exact.json({ body: sent });
    same(
      [got.text, got.int, got.float, got.time, got.bytes, got.dict],
      [text, sent.int, 0.1, at(times, i), btoa("\0\xff"), sent.dict],
      "json",
    );
    same(
      [got.pointer, got.optional, got.nullable, "optional" in got],
      [sent.pointer ?? null, sent.optional, sent.nullable, "optional" in sent],
      "json",
    );
    same(got.list?.[0]?.text, sent.list?.[0]?.text, "json");
    same(await client.text({ body: text }), text, "text");
    same(
      Array.from(await client.bytes({ body: new TextEncoder().encode(text) })),
      Array.from(new TextEncoder().encode(text)),
      "bytes",
    );
  }
  const big = new Uint8Array(5 << 20);
  same(await client.reader({ body: big }), big.length, "an array");
  same(await client.reader({ body: new Blob([big, big]) }), 2 * big.length, "a blob");
  if (!inBrowser) {
    same(await client.reader({ body: new Blob([big]).stream() }), big.length, "a stream");
  }
  same(await client.maybe(), "false 0 false 0", "nothing");
  same(await client.maybe({ limit: 0, body: { int: 3 } }), "true 3 true 0", "something");
  same(
    [await client.looseBody({ body: {} }), await client.looseBody({ body: { text: null } })],
    [false, true],
    "absent or null",
  );
  notSent(await failing(client.json({ body: { float: Number.POSITIVE_INFINITY } }), "infinity"), "infinity");
}

async function multipart(client: Client): Promise<void> {
  const cover = new File(["cover\r\n\n"], 'cö"o.png', { type: "image/png" });
  const pages = [new Blob(["one"]), new File(["two"], "2.txt", { type: "text/plain" })];
  same(
    await client.upload({ body: { title: "ä\r\nb\nc", year: 0, tag: ["1", ""], cover, page: pages } }),
    [
      "ä\r\nb\nc",
      "true",
      "1|",
      "blob",
      "application/octet-stream",
      "one",
      "2.txt",
      "text/plain",
      "two",
      'cö"o.png',
      "image/png",
      "cover\r\n\n",
    ],
    "multipart",
  );
  const parts = new FormData();
  parts.append("one", "1");
  parts.append("two", "2".repeat(1 << 16));
  same(await client.parts({ body: parts }), ["one", "two"], "parts");
}

async function streams(client: Client, exact: ExactClient): Promise<void> {
  const events = [
    { Data: "one" },
    { Name: "n", ID: "i", Data: "a\nb\n\nc" },
    { Name: "m", ID: "i", Data: "ä", Retry: 1e9 },
    { ID: "j" },
  ];
  const got: ServerEvent[] = [];
  for await (const event of client.events({ body: events })) {
    got.push(event);
  }
  same(
    got,
    [
      { name: "", id: "", data: "one" },
      { name: "n", id: "i", data: "a\nb\n\nc" },
      { name: "m", id: "i", data: "ä", retry: 1000 },
      { name: "", id: "j", data: "" },
    ],
    "events",
  );

  const sent = Array.from({ length: texts.length }, (_, i) => documentOf(i));
  const lines: (number | bigint)[] = [];
  for await (const line of exact.lines({ body: sent })) {
    lines.push(line.int);
  }
  same(
    lines,
    sent.map((d) => d.int),
    "lines",
  );
  for await (const line of exact.lines({ body: sent })) {
    same(line.text, sent[0]?.text, "the first line");
    break;
  }
  const broken = async () => {
    for await (const line of client.lines({ body: [{ int: 1 }, { int: -(2n ** 63n) }] })) {
      same(line.int, 1, "a value before a stream breaks off");
    }
  };
  await failing(broken(), "a stream that breaks off");
  async function* slowly(): AsyncGenerator<DocumentInput> {
    yield* sent;
  }
  const want = sent.map((d) => d.text);
  same(await client.sum({ body: sent }), want, "lines of a list");
  if (!inBrowser) {
    same(await client.sum({ body: slowly() }), want, "lines as they come");
  }

  const download = await client.download({ size: 1 << 20 });
  same([download.filename, (await download.response.arrayBuffer()).byteLength], ["zeros", 1 << 20], "download");
  const aborted = new AbortController();
  const part = await client.download({ size: 2 ** 40 }, { signal: aborted.signal });
  const reader = part.body.getReader();
  await reader.read();
  aborted.abort();
  const ended = await failing(
    (async () => {
      while (!(await reader.read()).done);
    })(),
    "a download that is aborted",
  );
  same((ended as Error).name, "AbortError", "a download that is aborted");
}

async function answers(client: Client, baseUrl: string): Promise<void> {
  const found = await client.find({ id: 7 });
  same(found.status === 200 ? found.body.ID : found.body.Reason, 7, "found");
  const missing = await client.find({ id: 0 });
  same(missing.status === 404 ? missing.body.Reason : missing.body.ID, "nothing is 0", "missing");
  const negative = await failing(client.find({ id: -1 }), "-1");
  same(negative instanceof ApiError && [negative.status, negative.problem?.detail], [404, "-1 is negative"], "problem");
  const failed = await failing(client.fail({ status: 409 }), "409");
  same(
    failed instanceof ApiError && [failed.status, failed.message],
    [409, "DELETE /fail/409: 409 Conflict: with 409"],
    "problem",
  );
  const meta = await client.meta({ body: "hello" });
  same([meta.status, meta.headers.get("X-Text"), meta.body], [202, "hello", "hello"], "meta");
  same(await client.basic({ basicAuth: { username: "ä", password: "p:q" } }), ["ä", "p:q"], "basic");
  if (!inBrowser) {
    const unauthorized = await failing(client.basic(), "no credentials");
    same(
      unauthorized instanceof ApiError && [unauthorized.status, unauthorized.headers.get("WWW-Authenticate") !== null],
      [401, true],
      "no credentials",
    );
  }
  same(await client.whoami({ token: "secret" }), ["secret", "secret"], "token");
  const lazy = new Client({
    baseUrl: `${baseUrl}/`,
    token: async () => "lazy",
    basicAuth: { username: "u", password: "p" },
  });
  same(
    [await lazy.whoami(), await lazy.basic(), await lazy.whoami({ token: "other" })],
    [
      ["lazy", "lazy"],
      ["u", "p"],
      ["other", "other"],
    ],
    "credentials",
  );
  const raw = new Client({ baseUrl, authorization: () => "bearer raw" });
  same(
    [await raw.whoami(), await raw.whoami({ authorization: "BEARER other" })],
    [
      ["raw", "raw"],
      ["other", "other"],
    ],
    "a scheme",
  );
  same(
    await client.compose(
      { id: 3, dry: false, ifMatch: '"etag"', tag: ["a", "b"], theme: "light", page: 9, body: { text: "text" } },
      { token: "secret" },
    ),
    `3 false "etag" [a b] ${inBrowser ? "dark" : "light"} secret text 9`,
    "compose",
  );
  same(await client.any({ method: "PATCH", x: "x y" }), "PATCH x y", "any");
  same(await (await client.redirect()).text(), "there", "redirect");
}

async function edges(baseUrl: string): Promise<void> {
  const seen: string[] = [];
  const client = new Client({
    baseUrl: `${baseUrl}/api%2Fv1/`,
    headers: () => ({ "X-Edit": "a", "X-Other": "b" }),
    onRequest: (request) => {
      request.headers.set("X-Edit", `${request.headers.get("X-Edit")}c`);
    },
    fetch: (url, init) => {
      seen.push(
        `${url.slice(baseUrl.length)} ${new Headers(init.headers).get("X-Edit")} ${new Headers(init.headers).get("X-Other")}`,
      );
      return fetch(url, init);
    },
  });
  await failing(client.segment({ text: "a/b" }, { headers: { "x-edit": "d" } }), "a path that is not there");
  same(seen, ["/api%2Fv1/segment/a%2Fb/end dc b"], "what is sent");
  try {
    new Client({ baseUrl: `${baseUrl}?x` });
    fail("a base URL with a query is accepted");
  } catch (error) {
    same(error instanceof TypeError, true, "a base URL with a query");
  }
  same(
    ((await failing(client.segment({ text: "a" }, { signal: AbortSignal.abort() }), "aborted")) as Error).name,
    "AbortError",
    "aborted",
  );
}

/** Answers with one stream after the other, to see how a client comes again. */
async function reconnects(): Promise<void> {
  const script = [
    new Response("retry: 1\nid: 1\ndata: a\n\ndata: half", { headers: { "Content-Type": "text/event-stream" } }),
    new Response("busy", { status: 503 }),
    new Response("id: 2\ndata: b\n\n", { headers: { "Content-Type": "text/event-stream" } }),
    new Response(null, { status: 204 }),
  ];
  const asked: (string | null)[] = [];
  const client = new Client({
    baseUrl: "http://localhost",
    fetch: async (_, init) => {
      asked.push(new Headers(init.headers).get("Last-Event-ID"));
      return script.shift() ?? new Response("over", { status: 410 });
    },
  });
  const data: string[] = [];
  for await (const event of client.events({ body: [] }, { reconnect: true, lastEventId: "0" })) {
    data.push(event.data);
  }
  same(
    [data, asked],
    [
      ["a", "b"],
      ["0", "1", "1", "2"],
    ],
    "a stream that goes on",
  );
  const gone = await failing(client.events({ body: [] }, { reconnect: true }).next(), "410");
  same(gone instanceof ApiError && gone.status, 410, "410");

  // A wait that no timer can hold is not none, and an ID that no header can hold ends the stream.
  script.push(new Response("retry: 99999999999\n\n", { headers: { "Content-Type": "text/event-stream" } }));
  const [before, patience] = [asked.length, AbortSignal.timeout(200)];
  await failing(client.events({ body: [] }, { reconnect: true, signal: patience }).next(), "a long wait");
  same(asked.length - before, 1, "a long wait");
  script.push(new Response("id: \u0001\nretry: 1\ndata: a\n\n", { headers: { "Content-Type": "text/event-stream" } }));
  const odd = client.events({ body: [] }, { reconnect: true });
  await odd.next();
  same((await failing(odd.next(), "an odd ID")) instanceof InvalidRequestError, true, "an odd ID");
}

/** Returns how much was compared, and how much of that is not as it should be. */
export async function run(baseUrl: string): Promise<string> {
  const client = new Client({ baseUrl });
  const exact = new ExactClient({ baseUrl });
  for (const test of [query, path, headers, forms, bodies, multipart, streams]) {
    await test(client, exact);
  }
  await answers(client, baseUrl);
  await edges(baseUrl);
  await reconnects();
  return `${checks} checks, ${failures} failures`;
}
