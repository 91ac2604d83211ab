package dev.tailnet.agent.cli;

import dev.tailnet.agent.ExitCode;
import dev.tailnet.agent.cli.text.GoDuration;
import java.util.LinkedHashMap;
import java.util.Locale;

/** Follows the node until it is up, and shows where somebody has to log in. */
final class LoginWait {
    private static final String RUNNING = "6";
    private static final String NEEDS_APPROVAL = "3";

    private final LocalApiClient client;
    private final LoginFlags flags;
    private final PrefsDocument before;
    private final String ownKeyBefore;

    private boolean isRunning;
    private boolean awaitsNewKey;
    private boolean isAnythingShown;
    private String shownUrl = "";

    /** @param awaitsNewKey up is only who has logged in again */
    LoginWait(LocalApiClient client, LoginFlags flags, PrefsDocument before, boolean awaitsNewKey) {
        this.client = client;
        this.flags = flags;
        this.before = before;
        this.awaitsNewKey = awaitsNewKey;
        this.ownKeyBefore = before.status().object("Self").text("PublicKey").orElse("");
    }

    /** @param stream opened before the node was told anything */
    ExitCode await(NotificationStream stream) throws ControlException {
        try {
            if (before.status()
                    .text("BackendState")
                    .filter("NeedsMachineAuth"::equals)
                    .isPresent()) {
                showApproval();
            }
            while (true) {
                var notification = stream.next();
                if (notification.has("ErrMessage")) {
                    return refused(notification.text("ErrMessage").orElse("no reason given"));
                }
                follow(notification);
                if (isRunning && !awaitsNewKey) {
                    return up();
                }
                notification.text("BrowseToURL").ifPresent(this::showUrl);
            }
        } catch (ControlTimeoutException e) {
            return late();
        }
    }

    private void follow(Json notification) {
        notification.text("State").ifPresent(state -> {
            isRunning = state.equals(RUNNING);
            if (state.equals(NEEDS_APPROVAL)) {
                showApproval();
            }
        });
        if (notification
                .object("SelfChange")
                .text("Key")
                .filter(key -> !key.equals(ownKeyBefore))
                .isPresent()) {
            awaitsNewKey = false;
        }
    }

    private void showUrl(String url) {
        // A URL of a login that somebody began before is no longer of use to who logs in anew, or has a key.
        var isOld = awaitsNewKey
                && before.status().text("AuthURL").filter(url::equals).isPresent();
        if (flags.authKey().isPresent() || isOld || url.equals(shownUrl)) {
            return;
        }
        shownUrl = url;
        if (flags.isJson()) {
            sayJson("AuthURL", url, "NeedsLogin");
            return;
        }
        isAnythingShown = true;
        var code =
                flags.qr().map(form -> form.print(url, System.getenv()) + "\n").orElse("");
        System.err.print("\nTo log in, visit:\n\n\t" + url + "\n\n" + code);
    }

    private void showApproval() {
        if (flags.isJson()) {
            sayJson("", "", "NeedsMachineAuth");
        } else if (!isAnythingShown || !shownUrl.isEmpty()) {
            isAnythingShown = true;
            System.err.print("\nAn administrator of the tailnet has to approve this node, at the control server:\n\n\t"
                    + before.prefs().text("ControlURL").orElse("") + "\n\n");
        }
    }

    private ExitCode up() {
        if (flags.isJson()) {
            sayJson("", "", "Running");
        } else if (isAnythingShown) {
            System.err.println("Success.");
        }
        return ExitCode.OK;
    }

    private ExitCode refused(String words) {
        if (flags.isJson()) {
            sayJson("Error", words, "NeedsLogin");
        }
        var lower = words.toLowerCase(Locale.ROOT);
        var fix = "";
        if (lower.contains("tag")) {
            fix = ". Allow the tags for the key's owner (tagOwners in the policy), or leave them out";
        } else if (lower.contains("key")) {
            fix = ". Mint a new key (reusable, ephemeral, tagged) and call this again with it";
        }
        System.err.println(Program.NAME + ": the node is not up: the login was refused: " + words + fix);
        return ExitCode.NODE;
    }

    private ExitCode late() throws ControlException {
        var status = Json.parse(client.get("status?peers=false"));
        var reasons = String.join("; ", status.texts("Health"));
        var state = status.text("BackendState").orElse("unknown");
        if (flags.isJson()) {
            sayJson("Error", "timeout", state);
        }
        System.err.println(Program.NAME + ": the node is not up after " + GoDuration.print(flags.timeout()) + " ("
                + state + ")" + (reasons.isEmpty() ? "" : ": " + reasons));
        return ExitCode.TIMEOUT;
    }

    private static void sayJson(String key, String value, String state) {
        var answer = new LinkedHashMap<String, Object>();
        if (!key.isEmpty()) {
            answer.put(key, value);
        }
        answer.put("BackendState", state);
        System.out.println(JsonWriter.write(answer, "  "));
    }
}
