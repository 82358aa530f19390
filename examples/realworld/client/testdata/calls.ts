// Uses Conduit as its front end would: compiled and run by TestTypeScript.
import { ApiError, Client } from "./client_gen.js";

declare const process: { argv: string[] };

function same(got: unknown, want: unknown): void {
  if (JSON.stringify(got) !== JSON.stringify(want)) {
    throw new Error(`got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
  }
}

async function failing(call: Promise<unknown>): Promise<ApiError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ApiError) {
      return error;
    }
    throw error;
  }
  throw new Error("a call succeeds, want an error");
}

let token = "";
const baseUrl = String(process.argv[2]);
const client = new Client({ baseUrl, authorization: () => token && `Token ${token}` });

const password = "correct horse";
const { user: jake } = await client.createUser({
  body: { user: { username: "jake", email: "jake@example.com", password } },
});
same([jake.username, jake.bio, jake.image], ["jake", null, null]);
same((await failing(client.getCurrentUser())).status, 401);
same((await failing(client.login({ body: { user: { email: jake.email, password: "wrong" } } }))).status, 401);
const taken = await failing(
  client.createUser({ body: { user: { username: "jake", email: "other@example.com", password } } }),
);
same(typeof taken.body === "object" && Object.keys(taken.body.errors ?? {}), ["username"]);

token = (await client.login({ body: { user: { email: jake.email, password } } })).user.token;
same((await client.updateCurrentUser({ body: { user: { bio: "writes" } } })).user.bio, "writes");
same((await client.updateCurrentUser({ body: { user: { bio: null } } })).user.bio, null);

const { article } = await client.createArticle({
  body: { article: { title: "How to train", description: "Slowly", body: "With care.", tagList: ["dragons", "care"] } },
});
same([article.slug.startsWith("how-to-train"), article.author.username, article.favoritesCount], [true, "jake", 0]);
same((await client.createArticleFavorite({ slug: article.slug })).article.favoritesCount, 1);
const list = await client.getArticles({ author: "jake", tag: "dragons", limit: 5 });
same([list.articlesCount, list.articles?.[0]?.slug, list.articles?.[0]?.favorited], [1, article.slug, true]);
same(Array.from((await client.getTags()).tags ?? []).sort(), ["care", "dragons"]);

const { comment } = await client.createArticleComment({ slug: article.slug, body: { comment: { body: "Nice" } } });
same(
  (await client.getArticleComments({ slug: article.slug })).comments?.map((c) => c.body),
  ["Nice"],
);
same((await failing(client.deleteArticleComment({ slug: article.slug, id: comment.id }, { token: null }))).status, 401);
await client.deleteArticleComment({ slug: article.slug, id: comment.id });
const invalid = await failing(client.createArticle({ body: { article: { title: "", description: "x", body: "y" } } }));
same([invalid.status, typeof invalid.body === "object" && Object.keys(invalid.body.errors ?? {})], [422, ["title"]]);
await client.deleteArticle({ slug: article.slug });
same((await failing(client.getArticle({ slug: article.slug }))).status, 404);
console.log("done");
