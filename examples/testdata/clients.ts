// Calls the examples through their clients. Compiled and run by TestTypeScriptClients.
import * as chat from "./chat/client_gen.js";
import * as dropbox from "./dropbox/client_gen.js";
import * as jwt from "./jwt/client_gen.js";
import * as proxy from "./proxy/client_gen.js";
import * as users from "./users/client_gen.js";

declare const process: { argv: string[] };

let checks = 0;

function same(got: unknown, want: unknown): void {
  checks++;
  if (JSON.stringify(got) !== JSON.stringify(want)) {
    throw new Error(`got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
  }
}

/** Wants a call to fail with a status, and returns the error. */
async function failing(call: Promise<unknown>, status: number): Promise<users.ApiError> {
  checks++;
  try {
    await call;
  } catch (error) {
    if (error instanceof Error && "status" in error && error.status === status) {
      return error as users.ApiError;
    }
    throw error;
  }
  throw new Error(`a call succeeds, want ${status}`);
}

async function callUsers(baseUrl: string): Promise<void> {
  const client = new users.Client({ baseUrl, token: "admin" });
  const created = await client.create({ body: { name: "Ann", email: "ann@example.com", role: "editor", bio: null } });
  same(
    [created.status, created.headers.get("Location"), created.body.id, created.body.bio],
    [201, "/users/1", 1, null],
  );
  same(await client.get({ id: 1n }), created.body);
  same((await client.update({ id: 1, body: { bio: "writes" } })).bio, "writes");
  same((await client.update({ id: 1, body: { name: undefined, bio: null } })).bio, null);
  const page = await client.list({ limit: 1, role: ["editor", "member"], since: "2020-01-01T00:00:00Z" });
  same([page.total, page.users?.[0]?.name], [1, "Ann"]);
  same((await client.list()).total, 1);

  const invalid = await failing(client.create({ body: { name: "", email: "x", role: "editor" } }), 422);
  same(
    invalid.problem?.errors?.map((entry) => entry.name),
    ["/name", "/email"],
  );
  await failing(client.create({ body: created.body }, { token: "guest" }), 403);
  await failing(client.delete({ id: 1 }, { token: null }), 401);
  same(await client.delete({ id: 1 }), undefined);
  same((await failing(client.get({ id: 1 }), 404)).problem?.title, "Not Found");
}

async function callJWT(baseUrl: string): Promise<void> {
  let token: string | undefined;
  const client = new jwt.Client({ baseUrl, token: () => token });
  same(await client.status(), "up");
  same((await client.greet()).hello, "stranger");
  await failing(client.whoAmI(), 401);
  await failing(client.login({ body: { name: "ann", password: "wrong" } }), 401);
  const login = await client.login({ body: { name: "ann", password: "secret" } });
  same([login.headers.get("Cache-Control"), login.body.token_type], ["no-store", "Bearer"]);
  token = login.body.access_token;
  same(
    [(await client.whoAmI()).name, (await client.profile()).name, (await client.greet()).hello],
    ["ann", "ann", "ann"],
  );
  same(await client.list(), ["ann"]);
}

async function callChat(baseUrl: string): Promise<void> {
  const client = new chat.Client({ baseUrl });
  same(await client.list(), []);
  const page = await client.page({ path: "" });
  same(
    [page.status, page.headers.get("Content-Type"), (await page.text()).includes("<form")],
    [200, "text/html; charset=utf-8", true],
  );
  same((await failing(client.join({ room: "No", name: "Ann" }), 400)).problem?.errors?.[0]?.name, "room");
}

async function callDropbox(baseUrl: string): Promise<void> {
  const client = new dropbox.Client({ baseUrl });
  const file = [
    new File(["one\r\ntwo\n"], "a b.txt", { type: "text/plain" }),
    new File([new Uint8Array(3 << 20)], "big.bin"),
  ];
  same(await client.put({ body: { note: "n", file } }), [
    { name: "a b.txt", size: 9 },
    { name: "big.bin", size: 3 << 20 },
  ]);
  const saved = await client.save({ name: "a b.txt" });
  same([saved.filename, await saved.response.text()], ["a b.txt", "one\r\ntwo\n"]);
  const part = await client.get({ name: "big.bin" }, { headers: { Range: "bytes=0-9" } });
  same([part.response.status, (await part.response.arrayBuffer()).byteLength], [206, 10]);
  const form = new FormData();
  form.append("x", new Blob(["abc"]));
  form.append("y", "de");
  same(await client.count({ body: form }), { x: 3, y: 2 });
  await failing(client.put({ body: { file: [file[0] as File] } }), 409);
  await failing(client.get({ name: "c.txt" }), 404);
}

async function callProxy(baseUrl: string): Promise<void> {
  const client = new proxy.Client({ baseUrl });
  const weather = await client.weather({ city: "São Paulo" });
  same([weather.headers.get("X-Path"), await weather.text()], ["/weather/S%C3%A3o%20Paulo", "GET rain"]);
  const other = await client.everything({ method: "PUT" }, { init: { cache: "no-store" } });
  same([other.headers.get("X-Path"), await other.text()], ["/", "PUT rain"]);
}

const [forUsers, forJWT, forChat, forDropbox, forProxy] = process.argv.slice(2).map(String);
await callUsers(forUsers ?? "");
await callJWT(forJWT ?? "");
await callChat(forChat ?? "");
await callDropbox(forDropbox ?? "");
await callProxy(forProxy ?? "");
console.log(`${checks} checks`);
