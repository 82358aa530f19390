package conduit

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/handlergen/handlergen/contrib/jwt"
	"github.com/handlergen/handlergen/examples/realworld/store"
)

// lifetime is how long a token is good for.
const lifetime = 7 * 24 * time.Hour

// tokens signs tokens, and knows them again.
type tokens struct {
	key      jwt.Key
	verifier *jwt.Verifier[jwt.RegisteredClaims]
}

func newTokens(secret []byte) *tokens {
	key := jwt.Key{Algorithm: jwt.HS256, Value: secret}
	return &tokens{key, jwt.NewVerifier[jwt.RegisteredClaims](jwt.Config{Keys: []jwt.Key{key}})}
}

// sign returns a token for a user. It has the id, which stays when a user takes
// another name.
func (t *tokens) sign(user int64) (string, error) {
	now := time.Now()
	return jwt.Sign(t.key, jwt.RegisteredClaims{
		Subject:   strconv.FormatInt(user, 10),
		IssuedAt:  jwt.At(now),
		ExpiresAt: jwt.At(now.Add(lifetime)),
	})
}

// user returns the id of the user whom a token was signed for.
func (t *tokens) user(ctx context.Context, token string) (int64, error) {
	claims, err := t.verifier.Verify(ctx, token)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(claims.Subject, 10, 64)
}

// A Viewer is who makes a request: the user of a token, or anybody. To those who
// only want to read, a token that is not good does no harm.
type Viewer struct {
	ID      int64 // 0 for anybody
	refusal error // of those who have to be a user; nil for one
}

// View finds out who makes a request.
//
//handlergen:extractor
//handlergen:security header Authorization optional name=Token "The word Token, a space, and the token of a user"
func (a *App) View(ctx context.Context, header http.Header) Viewer {
	scheme, token, _ := strings.Cut(header.Get("Authorization"), " ")
	if token == "" || !strings.EqualFold(scheme, "Token") && !strings.EqualFold(scheme, "Bearer") {
		return Viewer{refusal: unauthorized("is missing")}
	}
	id, err := a.tokens.user(ctx, token)
	if err != nil {
		return Viewer{refusal: unauthorized("is invalid")}
	}
	return Viewer{ID: id}
}

// A Member is the user who makes a request.
type Member struct{ store.User }

// Authenticate finds the user who makes a request, and refuses all others.
//
//handlergen:extractor
//handlergen:security header Authorization name=Token "The word Token, a space, and the token of a user"
//handlergen:response 401 "the token is missing or invalid"
func (a *App) Authenticate(ctx context.Context, viewer Viewer) (Member, error) {
	if viewer.refusal != nil {
		return Member{}, viewer.refusal
	}
	user, err := a.store.User(ctx, viewer.ID)
	if errors.Is(err, store.ErrNotFound) {
		return Member{}, unauthorized("is invalid")
	}
	return Member{user}, err
}

func unauthorized(reason string) error { return fail(http.StatusUnauthorized, reason, "token") }
