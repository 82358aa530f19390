package cookies_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/handlergen/handlergen/runtime/cookies"
)

// What generated code does with a jar that is a handler's parameter and result.
func Example() {
	keys := cookies.NewKeys(cookies.Config{Secrets: [][]byte{
		[]byte("the secret of today, from the environment"),
		[]byte("that of yesterday, whose cookies still count"),
	}})

	// An extractor function of the application.
	session := func(r *http.Request) cookies.Private { return keys.Private(r) }

	// A handler.
	login := func(jar cookies.Private) cookies.Private {
		return jar.Add(&http.Cookie{Name: "session", Value: "user 7", MaxAge: 3600})
	}

	w := httptest.NewRecorder()
	if err := login(session(httptest.NewRequest("POST", "/login", nil))).IntoResponseParts(w.Header()); err != nil {
		fmt.Println(err)
	}
	cookie := w.Result().Cookies()[0]
	fmt.Println(cookie.Name, len(cookie.Value), cookie.Path, cookie.MaxAge, cookie.HttpOnly, cookie.Secure)

	r := httptest.NewRequest("GET", "/", nil)
	r.AddCookie(cookie)
	fmt.Println(session(r).Get("session"))

	r = httptest.NewRequest("GET", "/", nil)
	r.AddCookie(&http.Cookie{Name: "other", Value: cookie.Value})
	fmt.Println(session(r).Get("other"))
	// Output:
	// session 46 / 3600 true true
	// user 7 true
	//  false
}

// A client can read what is signed, and not change it.
func ExampleSigned() {
	keys := cookies.NewKeys(cookies.Config{Secrets: [][]byte{[]byte("thirty-two bytes from a good source")}})
	for _, text := range []string{
		"1E8qsWunlA-nr2kUdInEO6obr3aJPMGJYiBtTvYDBXE.dark",
		"1E8qsWunlA-nr2kUdInEO6obr3aJPMGJYiBtTvYDBXE.light",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Cookie", "theme="+text)
		fmt.Println(keys.Signed(r).Get("theme"))
	}
	fmt.Println(keys.Signed(httptest.NewRequest("GET", "/", nil)).Add(&http.Cookie{Name: "theme", Value: "dark"}).Get("theme"))
	// Output:
	// dark true
	//  false
	// dark true
}
