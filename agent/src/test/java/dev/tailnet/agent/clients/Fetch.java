package dev.tailnet.agent.clients;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A Java program that prints a page: {@code Fetch API URL}. */
final class Fetch {
    private Fetch() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var uri = URI.create(arguments[1]);
        if (arguments[0].equals("java.net.http")) {
            try (var client = HttpClient.newHttpClient()) {
                var response = client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
                System.out.print(response.body());
            }
        } else {
            try (var in = uri.toURL().openStream()) {
                in.transferTo(System.out);
            }
            System.out.flush();
        }
    }
}
