package wire

import (
	"fmt"
	"slices"
	"testing"

	"github.com/handlergen/handlergen/internal/model"
)

// object is a component with one member.
func object(pkg, name string, use model.Use, member model.Member) model.Component {
	return model.Component{
		ID: "example.com/" + pkg + "." + name, Use: use, PkgName: pkg, Name: name,
		Schema: model.ObjectValue{Members: []model.Member{member}},
	}
}

// instance is a Page of something.
func instance(name string, of model.Type) model.Component {
	c := object("shop", "PageOf"+name, model.Sent, model.Member{Name: "a", Schema: model.TextValue{}})
	c.ID += fmt.Sprint(of)
	c.Type = model.Named{PkgPath: "example.com/shop", PkgName: "shop", Name: "Page", Args: []model.Type{of}}
	return c
}

func user(pkg string) model.Type {
	return model.Named{PkgPath: "example.com/" + pkg, PkgName: pkg, Name: "User"}
}

func TestNameComponents(t *testing.T) {
	text := model.Member{Name: "a", Schema: model.TextValue{}}
	always := model.Member{Name: "a", Schema: model.TextValue{}, Always: true}
	ref := func(id string) model.Member {
		return model.Member{Name: "of", Schema: model.NullOr{Of: model.ComponentRef{ID: id}}}
	}
	elsewhere := object("geo", "Point3", model.Sent, always)
	elsewhere.ID = "example.com/moon/geo.Point3"
	for _, test := range []struct {
		name string
		of   []model.Component
		want []string
	}{
		{"one", []model.Component{object("shop", "User", model.Sent, always)}, []string{"User"}},
		{"the same in both directions", []model.Component{
			object("shop", "User", model.Sent, text), object("shop", "User", model.Received, text),
		}, []string{"User"}},
		{"always sent, and not required", []model.Component{
			object("shop", "User", model.Sent, always), object("shop", "User", model.Received, text),
		}, []string{"User", "UserInput"}},
		{"what refers to such a one", []model.Component{
			object("shop", "User", model.Sent, always), object("shop", "User", model.Received, text),
			object("shop", "Team", model.Sent, ref("example.com/shop.User")),
			object("shop", "Team", model.Received, ref("example.com/shop.User")),
		}, []string{"Team", "TeamInput", "User", "UserInput"}},
		{"recursive", []model.Component{
			object("shop", "Node", model.Sent, ref("example.com/shop.Node")),
			object("shop", "Node", model.Received, ref("example.com/shop.Node")),
		}, []string{"Node"}},
		{"two packages", []model.Component{
			object("shop", "User", model.Sent, always), object("bank", "User", model.Sent, always),
		}, []string{"BankUser", "ShopUser"}},
		{"the name of problems", []model.Component{object("shop", "Problem", model.Sent, always)}, []string{"ShopProblem"}},
		{"a number at the end", []model.Component{
			object("geo", "Point3", model.Sent, always), elsewhere, object("geo", "Point2", model.Sent, always),
		}, []string{"GeoPoint3", "GeoPoint32", "Point2"}},
		{"instances with arguments of one name", []model.Component{
			instance("User", user("shop")), instance("User", user("bank")), instance("User", model.Pointer{Elem: user("shop")}),
			instance("UserList", model.Slice{Elem: user("shop")}), instance("UserList", model.Named{PkgName: "shop", Name: "UserList"}),
			instance("Int", model.Named{Name: "int"}), instance("Value", model.Struct{}),
			instance("Value", model.Struct{Fields: []model.StructField{{Name: "A"}}}),
		}, []string{
			"PageOfBankUser", "PageOfInt", "PageOfListOfShopUser", "PageOfPointerToShopUser", "PageOfShopUser", "PageOfShopUserList",
			"ShopPageOfValue", "ShopPageOfValue2",
		}},
		{"a name that looks like an input", []model.Component{
			object("shop", "User", model.Sent, always), object("shop", "User", model.Received, text),
			object("shop", "UserInput", model.Sent, always),
		}, []string{"User", "UserInput", "UserInput2"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			names := NameComponents([]*model.Package{{Components: test.of}}, "Problem")
			if !slices.Equal(names.Names, test.want) {
				t.Errorf("names = %q, want %q", names.Names, test.want)
			}
			for _, c := range test.of {
				if names.Name(c.ID, c.Use) == "" {
					t.Errorf("%s, %s, has no name", c.ID, c.Use)
				}
			}
		})
	}
}

// TestMergeDocs demands that a type that several packages know is described by
// the one that has its doc comment, whichever comes first.
func TestMergeDocs(t *testing.T) {
	plain := object("shop", "User", model.Sent, model.Member{Name: "a", Schema: model.TextValue{}})
	described := plain
	described.Doc = "A User buys."
	for _, order := range [][]model.Component{{plain, described}, {described, plain}} {
		names := NameComponents([]*model.Package{{Components: order[:1]}, {Components: order[1:]}})
		if got := names.Named("User").Doc; got != described.Doc {
			t.Errorf("the doc is %q, want %q", got, described.Doc)
		}
	}
}
