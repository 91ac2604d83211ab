package dev.tailnet.agent.node;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The part of an {@code ipn.Notify} that tells how the node is doing. What is null has not changed.
 *
 * @param errorMessage why the control server refused the login
 * @param browseToUrl where a person can log the node in; empty when that is over
 * @param removed why the control server does not know the node any more; empty when it does
 * @param credentialTrouble why there is no auth key for the credential; without words when there is one
 * @param preferences what the node is set to do
 * @param warnings the complete set of health warnings by code, each with its cause or else its text
 */
record Notification(
        @Nullable IpnState state,
        @Nullable String errorMessage,
        boolean loginFinished,
        @Nullable String browseToUrl,
        @Nullable SelfNode self,
        @Nullable String removed,
        @Nullable CredentialTrouble credentialTrouble,
        @Nullable Preferences preferences,
        @Nullable Map<String, String> warnings) {}
