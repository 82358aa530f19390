package jwt_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/handlergen/handlergen/contrib/jwt"
	"github.com/handlergen/handlergen/runtime"
)

func ExampleVerifier_Require() {
	type Claims struct {
		jwt.RegisteredClaims
		Role string `json:"role"`
	}
	key := jwt.Key{Algorithm: jwt.HS256, Value: []byte("this is 32 bytes and not random!")}
	verifier := jwt.NewVerifier[Claims](jwt.Config{Keys: []jwt.Key{key}, Issuer: "me"})

	handler := verifier.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in := runtime.NewInput(w, r)
		claims, _ := runtime.ReadExtension[Claims](&in) // in handlers of handlergen, a parameter
		fmt.Fprintf(w, "hello %s, you are %s", claims.Value.Subject, claims.Value.Role)
	}))

	token, _ := jwt.Sign(key, Claims{
		RegisteredClaims: jwt.RegisteredClaims{Issuer: "me", Subject: "Ada", ExpiresAt: jwt.At(time.Now().Add(time.Hour))},
		Role:             "admin",
	})
	for _, authorization := range []string{"Bearer " + token, "Bearer " + token[1:]} {
		request := httptest.NewRequest("GET", "/", nil)
		request.Header.Set("Authorization", authorization)
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		fmt.Println(answer.Code, answer.Body)
	}
	// Output:
	// 200 hello Ada, you are admin
	// 401 {"title":"Unauthorized","status":401,"detail":"the bearer token is not valid"}
}
