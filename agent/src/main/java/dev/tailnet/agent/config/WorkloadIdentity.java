package dev.tailnet.agent.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A federated identity of Tailscale: the platform vouches for this workload. Of token and audience there is one.
 *
 * @param clientId with its attributes, if it has any
 * @param idToken what the platform says
 * @param audience for whom the platform is asked to say it
 * @param source where it came from, in words for an error message
 * @param file the file that the token came from
 */
public record WorkloadIdentity(
        String clientId, Optional<Secret> idToken, Optional<String> audience, String source, Optional<Path> file)
        implements Credential {

    @Override
    public WorkloadIdentity again() throws IOException {
        return file.isEmpty()
                ? this
                : new WorkloadIdentity(clientId, Optional.of(SecretFile.read(file.get())), audience, source, file);
    }
}
