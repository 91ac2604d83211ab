package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestCredentials(t *testing.T) {
	for text, want := range map[string]credential{
		"":                                     {},
		"auth-key hskey-auth-1":                {authKey: "hskey-auth-1"},
		"auth-key tskey-client-1":              {clientSecret: "tskey-client-1"},
		"client-secret s?ephemeral=true":       {clientSecret: "s?ephemeral=true"},
		"client-id c\nid-token t\n":            {clientID: "c", idToken: "t"},
		"client-id c\naudience a b":            {clientID: "c", audience: "a b"},
		"auth-key k\nclient-id c\nid-token t ": {authKey: "k", clientID: "c", idToken: "t "},
	} {
		got, err := parseCredential(text)
		if err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func TestBadCredentialsAreNotQuoted(t *testing.T) {
	for _, text := range []string{"password hidden", "client-id hidden", "client-id hidden\nid-token hidden\naudience hidden"} {
		if _, err := parseCredential(text); err == nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// tokenServer plays the documented endpoints of Tailscale's API.
type tokenServer struct {
	*httptest.Server
	requests []string
	forms    []string
	key      map[string]any // what the key was asked for
	answer   func(path string) (status int, body string)
}

func newTokenServer(t *testing.T) *tokenServer {
	s := &tokenServer{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests = append(s.requests, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization"))
		if s.answer != nil {
			if status, body := s.answer(r.URL.Path); status != 0 {
				w.WriteHeader(status)
				w.Write([]byte(body))
				return
			}
		}
		if strings.HasSuffix(r.URL.Path, "/keys") {
			json.NewDecoder(r.Body).Decode(&s.key)
			w.Write([]byte(`{"id":"k1","key":"tskey-auth-made"}`))
			return
		}
		r.ParseForm()
		s.forms = append(s.forms, r.PostForm.Encode())
		w.Write([]byte(`{"access_token":"tskey-api-token","token_type":"Bearer","expires_in":3600}`))
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *tokenServer) created(t *testing.T) map[string]any {
	devices := s.key["capabilities"].(map[string]any)["devices"].(map[string]any)
	return devices["create"].(map[string]any)
}

func TestAnAuthKeyForAnOAuthClient(t *testing.T) {
	server := newTokenServer(t)
	e := &exchange{
		credential: credential{clientSecret: "tskey-client-x?preauthorized=true&baseURL=" + server.URL},
		tags:       []string{"tag:ci"},
		ephemeral:  true,
	}
	key, err := e.authKey(context.Background())
	if err != nil || key != "tskey-auth-made" {
		t.Fatalf("%q, %v", key, err)
	}
	if want := []string{"POST /api/v2/oauth/token ", "POST /api/v2/tailnet/-/keys Bearer tskey-api-token"}; !slices.Equal(server.requests, want) {
		t.Errorf("%q", server.requests)
	}
	if !strings.Contains(server.forms[0], "client_secret=tskey-client-x&grant_type=client_credentials") {
		t.Errorf("%q", server.forms)
	}
	created := server.created(t)
	if created["ephemeral"] != true || created["preauthorized"] != true || created["reusable"] != false || created["tags"].([]any)[0] != "tag:ci" {
		t.Errorf("%v", created)
	}
}

func TestAnAuthKeyForAWorkload(t *testing.T) {
	server := newTokenServer(t)
	e := &exchange{
		credential: credential{clientID: "client-1?ephemeral=false", idToken: "a.b.c"},
		controlURL: server.URL,
		tags:       []string{"tag:ci"},
		ephemeral:  true,
	}
	key, err := e.authKey(context.Background())
	if err != nil || key != "tskey-auth-made" {
		t.Fatalf("%q, %v", key, err)
	}
	if server.requests[0] != "POST /api/v2/oauth/token-exchange " || server.forms[0] != "client_id=client-1&grant_type=authorization_code&jwt=a.b.c" {
		t.Errorf("%q %q", server.requests, server.forms)
	}
	if server.created(t)["ephemeral"] != false {
		t.Errorf("%v", server.key)
	}
}

func TestThePlatformsToken(t *testing.T) {
	github := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("audience") != "me" || r.URL.Query().Get("v") != "1" || r.Header.Get("Authorization") != "Bearer of-the-job" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		w.Write([]byte(`{"value":"github.id.token"}`))
	}))
	defer github.Close()
	t.Setenv("ACTIONS_ID_TOKEN_REQUEST_URL", github.URL+"/?v=1")
	t.Setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "of-the-job")
	if token, err := providerToken(context.Background(), "me"); err != nil || token != "github.id.token" {
		t.Errorf("%q, %v", token, err)
	}

	google := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Metadata-Flavor") != "Google" || r.URL.Query().Get("audience") != "me" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		w.Write([]byte("google.id.token\n"))
	}))
	defer google.Close()
	t.Setenv("ACTIONS_ID_TOKEN_REQUEST_URL", "")
	t.Setenv("GCE_METADATA_HOST", strings.TrimPrefix(google.URL, "http://"))
	if token, err := providerToken(context.Background(), "me"); err != nil || token != "google.id.token" {
		t.Errorf("%q, %v", token, err)
	}
}

func TestWhatIsRefusedForGood(t *testing.T) {
	for name, e := range map[string]*exchange{
		"no tags":           {credential: credential{clientSecret: "s"}},
		"unknown attribute": {credential: credential{clientSecret: "s?a=b"}, tags: []string{"tag:a"}},
		"no boolean":        {credential: credential{clientID: "c?ephemeral=perhaps", idToken: "t"}, tags: []string{"tag:a"}},
		"no base URL":       {credential: credential{clientID: "c?baseURL=http://x", idToken: "t"}, tags: []string{"tag:a"}},
	} {
		if _, err := e.authKey(context.Background()); !isRefusal(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnswersOfTheAPI(t *testing.T) {
	server := newTokenServer(t)
	e := &exchange{credential: credential{clientSecret: "secret-x?baseURL=" + server.URL}, tags: []string{"tag:ci"}}
	for _, c := range []struct {
		status  int
		body    string
		refusal bool
		words   string
	}{
		{401, `{"message":"API token invalid"}`, true, "API token invalid"},
		{400, `{"error":"invalid_client","error_description":"the client is gone"}`, true, "the client is gone"},
		{302, "", false, "302"},
		{429, "", false, "429"},
		{503, "<html>", false, "503"},
		{200, "{}", false, "without an access token"},
	} {
		server.answer = func(string) (int, string) { return c.status, c.body }
		_, err := e.authKey(context.Background())
		if err == nil || isRefusal(err) != c.refusal || !strings.Contains(err.Error(), c.words) || strings.Contains(err.Error(), "secret-x") {
			t.Errorf("%d: %v", c.status, err)
		}
	}
	server.answer = nil
	server.Close()
	if _, err := e.authKey(context.Background()); err == nil || isRefusal(err) || !strings.Contains(err.Error(), "cannot be reached") {
		t.Errorf("%v", err)
	}
}

func TestPausesDiffer(t *testing.T) {
	seen := make(map[time.Duration]bool)
	for range 20 {
		pause := jittered(time.Second)
		if pause < time.Second/2 || pause > 3*time.Second/2 {
			t.Errorf("%v", pause)
		}
		seen[pause] = true
	}
	if len(seen) < 10 {
		t.Errorf("%v", seen)
	}
}
