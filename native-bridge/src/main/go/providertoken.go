package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// metadataServer is where Google's machines and containers learn who they are; Google's own libraries read the variable.
func metadataServer() string {
	if host := os.Getenv("GCE_METADATA_HOST"); host != "" {
		return "http://" + host
	}
	return "http://metadata.google.internal"
}

// providerToken asks the platform that the process runs on for a token that names audience. GitHub Actions says in the
// environment that it is there; Google's platforms answer at a name of their own. Amazon's wants requests signed by its SDK,
// which is larger than the rest of this: there the token is given.
func providerToken(ctx context.Context, audience string) (string, error) {
	address, secret := os.Getenv("ACTIONS_ID_TOKEN_REQUEST_URL"), os.Getenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
	if address != "" && secret != "" {
		return githubToken(ctx, address, secret, audience)
	}
	return googleToken(ctx, audience)
}

func githubToken(ctx context.Context, address, secret, audience string) (string, error) {
	at, err := url.Parse(address)
	if err != nil {
		return "", &refusal{"ACTIONS_ID_TOKEN_REQUEST_URL is no URL"}
	}
	query := at.Query()
	query.Set("audience", audience)
	at.RawQuery = query.Encode()
	body, err := get(ctx, apiClient, at.String(), "Authorization", "Bearer "+secret)
	if err != nil {
		return "", fmt.Errorf("GitHub gives no ID token: %w", err)
	}
	var answer struct {
		Value string `json:"value"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.Value == "" {
		return "", &refusal{"GitHub answers without an ID token"}
	}
	return answer.Value, nil
}

func googleToken(ctx context.Context, audience string) (string, error) {
	at := metadataServer() + "/computeMetadata/v1/instance/service-accounts/default/identity?format=full&audience=" +
		url.QueryEscape(audience)
	body, err := get(ctx, metadataClient, at, "Metadata-Flavor", "Google")
	var unknown *net.DNSError
	switch {
	case errors.As(err, &unknown) && unknown.IsNotFound:
		return "", &refusal{"no platform that gives ID tokens was found (GitHub Actions, Google Cloud). Give the token itself:" +
			" TS_ID_TOKEN, or --id-token=file:PATH"}
	case err != nil:
		return "", fmt.Errorf("the metadata server of Google gives no ID token: %w", err)
	}
	return strings.TrimSpace(string(body)), nil
}

// metadataClient goes past any proxy: what it asks is on this machine's own network.
var metadataClient = &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{}}

func get(ctx context.Context, client *http.Client, at, header, value string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set(header, value)
	response, err := client.Do(request)
	if err != nil {
		return nil, unwrapURL(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAPIResponse))
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s", response.Status)
	}
	return body, nil
}
