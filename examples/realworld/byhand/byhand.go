// Package byhand has the three endpoints of Conduit that a front end asks for
// most, written by hand on net/http: the list of articles, which is the home
// page, an article, and the user who is signed in, with which each page begins.
// They are on the same store and in the same layers as those of package
// conduit, and have the same answers, which a test sees to; they are there to
// be measured against. See folder load.
package byhand

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/handlergen/handlergen/contrib/cors"
	"github.com/handlergen/handlergen/contrib/jwt"
	"github.com/handlergen/handlergen/examples/realworld/store"
	"github.com/handlergen/handlergen/runtime/middleware"
)

// lifetime is how long a token is good for.
const lifetime = 7 * 24 * time.Hour

type app struct {
	store    *store.Store
	key      jwt.Key
	verifier *jwt.Verifier[jwt.RegisteredClaims]
}

// New returns the handler of the three endpoints.
func New(store *store.Store, secret []byte) http.Handler {
	key := jwt.Key{Algorithm: jwt.HS256, Value: secret}
	a := &app{store, key, jwt.NewVerifier[jwt.RegisteredClaims](jwt.Config{Keys: []jwt.Key{key}})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/articles", a.articles)
	mux.HandleFunc("GET /api/articles/{slug}", a.article)
	mux.HandleFunc("GET /api/user", a.user)

	var h http.Handler = mux
	for _, layer := range []func(http.Handler) http.Handler{
		middleware.Recover(),
		cors.New(cors.Config{
			Origins: []string{"*"},
			Methods: []string{"GET", "POST", "PUT", "DELETE"},
			Headers: []string{"Authorization", "Content-Type"},
		}),
		middleware.Trace(),
		middleware.RequestID(),
	} {
		h = layer(h)
	}
	return h
}

type profileJSON struct {
	Username  string  `json:"username"`
	Bio       *string `json:"bio"`
	Image     *string `json:"image"`
	Following bool    `json:"following"`
}

type summaryJSON struct {
	Slug           string      `json:"slug"`
	Title          string      `json:"title"`
	Description    string      `json:"description"`
	TagList        []string    `json:"tagList"`
	CreatedAt      string      `json:"createdAt"`
	UpdatedAt      string      `json:"updatedAt"`
	Favorited      bool        `json:"favorited"`
	FavoritesCount int         `json:"favoritesCount"`
	Author         profileJSON `json:"author"`
}

type listJSON struct {
	Articles      []summaryJSON `json:"articles"`
	ArticlesCount int           `json:"articlesCount"`
}

type articleJSON struct {
	Article struct {
		summaryJSON
		Body string `json:"body"`
	} `json:"article"`
}

type userJSON struct {
	User struct {
		Email    string  `json:"email"`
		Token    string  `json:"token"`
		Username string  `json:"username"`
		Bio      *string `json:"bio"`
		Image    *string `json:"image"`
	} `json:"user"`
}

func (a *app) articles(w http.ResponseWriter, r *http.Request) {
	viewer, _ := a.viewer(r)
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		refuse(w, http.StatusUnprocessableEntity, map[string][]string{"query": {"is malformed"}})
		return
	}
	refusals := map[string][]string{}
	listing := store.Listing{
		Tag:       text(query, "tag", refusals),
		Author:    text(query, "author", refusals),
		Favorited: text(query, "favorited", refusals),
		Limit:     number(query, "limit", 20, 1, refusals),
		Offset:    number(query, "offset", 0, 0, refusals),
	}
	if len(refusals) > 0 {
		refuse(w, http.StatusUnprocessableEntity, refusals)
		return
	}
	articles, count, err := a.store.Articles(r.Context(), viewer, listing)
	if err != nil {
		broken(w, r, err)
		return
	}
	list := listJSON{Articles: make([]summaryJSON, len(articles)), ArticlesCount: count}
	for i := range articles {
		list.Articles[i] = summary(&articles[i])
	}
	respond(w, r, list)
}

func (a *app) article(w http.ResponseWriter, r *http.Request) {
	viewer, _ := a.viewer(r)
	found, err := a.store.Article(r.Context(), viewer, r.PathValue("slug"))
	switch {
	case errors.Is(err, store.ErrNotFound):
		refuse(w, http.StatusNotFound, map[string][]string{"article": {"not found"}})
		return
	case err != nil:
		broken(w, r, err)
		return
	}
	var out articleJSON
	out.Article.summaryJSON, out.Article.Body = summary(&found), found.Body
	respond(w, r, out)
}

func (a *app) user(w http.ResponseWriter, r *http.Request) {
	id, reason := a.viewer(r)
	if reason != "" {
		unauthorized(w, reason)
		return
	}
	user, err := a.store.User(r.Context(), id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		unauthorized(w, "is invalid")
		return
	case err != nil:
		broken(w, r, err)
		return
	}
	now := time.Now()
	token, err := jwt.Sign(a.key, jwt.RegisteredClaims{
		Subject:   strconv.FormatInt(user.ID, 10),
		IssuedAt:  jwt.At(now),
		ExpiresAt: jwt.At(now.Add(lifetime)),
	})
	if err != nil {
		broken(w, r, err)
		return
	}
	var out userJSON
	out.User.Email, out.User.Token, out.User.Username = user.Email, token, user.Username
	out.User.Bio, out.User.Image = user.Bio, user.Image
	respond(w, r, out)
}

// viewer returns the id of the user who asks, or 0 and the reason why it is
// nobody.
func (a *app) viewer(r *http.Request) (id int64, reason string) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if token == "" || !strings.EqualFold(scheme, "Token") && !strings.EqualFold(scheme, "Bearer") {
		return 0, "is missing"
	}
	claims, err := a.verifier.Verify(r.Context(), strings.TrimSpace(token))
	if err != nil {
		return 0, "is invalid"
	}
	if id, err = strconv.ParseInt(claims.Subject, 10, 64); err != nil {
		return 0, "is invalid"
	}
	return id, ""
}

// text returns a value of the query, or nil if there is none.
func text(query url.Values, name string, refusals map[string][]string) *string {
	values := query[name]
	switch len(values) {
	case 0:
		return nil
	case 1:
		return &values[0]
	default:
		refusals[name] = []string{"is given more than once"}
		return nil
	}
}

// number returns a number of the query that has a default and a least value.
func number(query url.Values, name string, value, least int, refusals map[string][]string) int {
	given := text(query, name, refusals)
	if given == nil {
		return value
	}
	value, err := strconv.Atoi(*given)
	switch {
	case err != nil:
		refusals[name] = []string{"must be an integer"}
	case value < least:
		refusals[name] = []string{"must be at least " + strconv.Itoa(least)}
	}
	return value
}

func summary(a *store.Article) summaryJSON {
	return summaryJSON{
		Slug:           a.Slug,
		Title:          a.Title,
		Description:    a.Description,
		TagList:        a.Tags,
		CreatedAt:      moment(a.Created),
		UpdatedAt:      moment(a.Updated),
		Favorited:      a.Favorited,
		FavoritesCount: a.Favorites,
		Author: profileJSON{
			Username:  a.Author.Username,
			Bio:       a.Author.Bio,
			Image:     a.Author.Image,
			Following: a.Author.Following,
		},
	}
}

func moment(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z07:00") }

func respond(w http.ResponseWriter, r *http.Request, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		broken(w, r, err)
		return
	}
	write(w, http.StatusOK, text)
}

func unauthorized(w http.ResponseWriter, reason string) {
	w.Header().Set("WWW-Authenticate", "Token")
	refuse(w, http.StatusUnauthorized, map[string][]string{"token": {reason}})
}

func refuse(w http.ResponseWriter, status int, errs map[string][]string) {
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Token")
	}
	text, _ := json.Marshal(map[string]map[string][]string{"errors": errs}) // always possible
	write(w, status, text)
}

func broken(w http.ResponseWriter, r *http.Request, err error) {
	slog.ErrorContext(r.Context(), "request failed", "error", err)
	refuse(w, http.StatusInternalServerError, map[string][]string{"server": {"internal server error"}})
}

func write(w http.ResponseWriter, status int, text []byte) {
	header := w.Header()
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	w.Write(text)
}
