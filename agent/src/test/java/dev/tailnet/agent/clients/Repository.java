package dev.tailnet.agent.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A bare git repository with one file, fit to be served by a web server that knows nothing of git. */
final class Repository {
    static final String CONTENT = "a repository of the tailnet\n";

    private Repository() {}

    static void create(Path bare, Path home) throws IOException {
        var git = Program.named("git", home);
        var work = Files.createTempDirectory(home, "work").toString();
        git.run("init", "-q", work).ok();
        Files.writeString(Path.of(work, "README"), CONTENT);
        git.run("-C", work, "add", "README").ok();
        git.run("-C", work, "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-q", "-m", "First")
                .ok();
        git.run("clone", "-q", "--bare", work, bare.toString()).ok();
        git.run("-C", bare.toString(), "update-server-info").ok();
    }
}
