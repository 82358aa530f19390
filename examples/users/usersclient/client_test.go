package usersclient_test

import (
	"errors"
	"testing"

	"github.com/handlergen/handlergen/examples/users"
	"github.com/handlergen/handlergen/examples/users/usersclient"
	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/client"
)

// TestLifeOfAUser calls the handlers without a network: one typed line for each
// request.
func TestLifeOfAUser(t *testing.T) {
	app := &users.App{Users: users.NewStore(), Admins: users.Admins{"secret": "root"}}
	c, ctx := usersclient.New("", client.WithHandler(users.Routes(app))), t.Context()

	bio := "first"
	ada, meta, err := c.Create(ctx, "secret", users.NewUser{Name: "Ada", Email: "ada@example.com", Role: "editor", Bio: &bio})
	if err != nil || ada.ID != 1 || meta.Status != 201 || meta.Header.Get("Location") != "/users/1" {
		t.Fatalf("Create = %+v, %+v, %v", ada, meta, err)
	}
	name := runtime.Optional[string]{Value: "Ada L.", Present: true}
	if ada, err = c.Update(ctx, "secret", ada.ID, users.Patch{Name: name}); err != nil || ada.Name != "Ada L." || *ada.Bio != bio {
		t.Errorf("Update = %+v, %v", ada, err)
	}
	if page, err := c.List(ctx, users.ListQuery{Role: []users.Role{"editor"}}); err != nil || page.Total != 1 {
		t.Errorf("List = %+v, %v", page, err)
	}
	if err := c.Delete(ctx, "secret", ada.ID); err != nil {
		t.Errorf("Delete: %v", err)
	}
	_, err = c.Get(ctx, ada.ID)
	if failed, ok := errors.AsType[*client.Error](err); !ok || failed.Status != 404 || failed.Detail != "there is no user 1" {
		t.Errorf("Get after Delete: %v", err)
	}
}

func TestProblems(t *testing.T) {
	c := usersclient.New("", client.WithHandler(users.Routes(&users.App{Users: users.NewStore()})))
	_, err := c.List(t.Context(), users.ListQuery{Limit: 101})
	failed, ok := errors.AsType[*client.Error](err)
	if !ok || len(failed.Problems) != 1 || failed.Problems[0] != (runtime.Problem{In: "query", Name: "limit", Detail: "must be at most 100"}) {
		t.Errorf("List with a limit of 101: %v", err)
	}
	if err := c.Delete(t.Context(), "", 1); !errors.As(err, &failed) || failed.Status != 401 {
		t.Errorf("Delete without a token: %v", err)
	}
}
