package main

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"syscall"

	"tailscale.com/ipn"
)

// credential is what a node logs in with: an auth key, or what Tailscale's API makes an auth key for. The zero value is none.
type credential struct {
	authKey      string
	clientSecret string // of an OAuth client
	clientID     string // of a federated identity, which comes with one of the two below
	idToken      string
	audience     string // of a token that the platform is asked for
}

// clientSecretPrefix is how Tailscale's OAuth secrets begin. tailscale takes them in place of auth keys as well.
const clientSecretPrefix = "tskey-client-"

// parseCredential reads the text of tailnet_login. Errors never quote it.
func parseCredential(text string) (credential, error) {
	var c credential
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
		switch name {
		case "":
		case "auth-key":
			c.authKey = value
		case "client-secret":
			c.clientSecret = value
		case "client-id":
			c.clientID = value
		case "id-token":
			c.idToken = value
		case "audience":
			c.audience = value
		default:
			return credential{}, apiErrorf(syscall.EINVAL, "a credential has a line of an unknown kind")
		}
	}
	if strings.HasPrefix(c.authKey, clientSecretPrefix) {
		c.authKey, c.clientSecret = "", c.authKey
	}
	if c.clientID != "" && c.authKey == "" && c.clientSecret == "" && (c.idToken == "") == (c.audience == "") {
		return credential{}, apiErrorf(syscall.EINVAL, "a client id needs either an ID token or an audience")
	}
	return c, nil
}

func (c credential) empty() bool { return c.authKey == "" && !c.needsExchange() }

// needsExchange tells whether an auth key has to be had for it first.
func (c credential) needsExchange() bool {
	return c.authKey == "" && (c.clientSecret != "" || c.clientID != "")
}

// secrets are the parts that no log may show.
func (c credential) secrets() []string {
	secret, _, _ := strings.Cut(c.clientSecret, "?")
	return []string{c.authKey, secret, c.idToken}
}

// exchange is one attempt to get an auth key for a credential. A *refusal among its errors is for good.
type exchange struct {
	credential credential
	controlURL string
	tags       []string
	ephemeral  bool // unless the credential says otherwise
}

// refusal is a server's no: asking again would not help.
type refusal struct{ text string }

func (r *refusal) Error() string { return r.text }

func (e *exchange) authKey(ctx context.Context) (string, error) {
	if !e.credential.needsExchange() {
		return e.credential.authKey, nil
	}
	if len(e.tags) == 0 {
		return "", &refusal{"auth keys for an OAuth client or a workload identity have tags: name the node's (--advertise-tags)"}
	}
	if e.credential.clientSecret != "" {
		return e.forSecret(ctx)
	}
	return e.forIdentity(ctx)
}

// forSecret is the client credentials grant (RFC 6749, section 4.4) and a key made with its token.
func (e *exchange) forSecret(ctx context.Context) (string, error) {
	secret, attributes, err := e.attributes(e.credential.clientSecret, "ephemeral", "preauthorized", "baseURL")
	if err != nil {
		return "", err
	}
	api := api{base: "https://api.tailscale.com"}
	if attributes.baseURL != "" {
		api.base = attributes.baseURL
	}
	token, err := api.token(ctx, "/api/v2/oauth/token", url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {"some-client-id"}, // the secret says whose it is
		"client_secret": {secret},
	})
	if err != nil {
		return "", err
	}
	return api.makeKey(ctx, token, e.tags, attributes)
}

// forIdentity exchanges a token of the platform (workload identity federation) for one of the API, and makes a key with it.
func (e *exchange) forIdentity(ctx context.Context) (string, error) {
	id, attributes, err := e.attributes(e.credential.clientID, "ephemeral", "preauthorized")
	if err != nil {
		return "", err
	}
	idToken := e.credential.idToken
	if idToken == "" {
		if idToken, err = providerToken(ctx, e.credential.audience); err != nil {
			return "", err
		}
	}
	api := api{base: ipn.DefaultControlURL}
	if e.controlURL != "" {
		api.base = e.controlURL
	}
	token, err := api.token(ctx, "/api/v2/oauth/token-exchange", url.Values{
		"grant_type": {"authorization_code"},
		"client_id":  {id},
		"jwt":        {idToken},
	})
	if err != nil {
		return "", err
	}
	return api.makeKey(ctx, token, e.tags, attributes)
}

// keyAttributes is what a key is made with.
type keyAttributes struct {
	ephemeral, preauthorized bool
	baseURL                  string
}

// attributes reads what stands behind the question mark of a secret or client id, as tailscale's own commands do.
func (e *exchange) attributes(text string, known ...string) (bare string, a keyAttributes, err error) {
	a.ephemeral = e.ephemeral
	bare, query, _ := strings.Cut(text, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return "", a, &refusal{"what follows the question mark of the credential is no query"}
	}
	for name := range values {
		value, isKnown := values.Get(name), false
		for _, candidate := range known {
			isKnown = isKnown || name == candidate
		}
		switch {
		case !isKnown:
			return "", a, &refusal{"the credential has an unknown attribute " + strconv.Quote(name)}
		case name == "baseURL":
			a.baseURL = strings.TrimSuffix(value, "/")
			continue
		}
		on, err := strconv.ParseBool(value)
		if err != nil {
			return "", a, &refusal{"the credential's attribute " + name + " is neither true nor false"}
		}
		if name == "ephemeral" {
			a.ephemeral = on
		} else {
			a.preauthorized = on
		}
	}
	return bare, a, nil
}

func isRefusal(err error) bool {
	var r *refusal
	return errors.As(err, &r)
}
